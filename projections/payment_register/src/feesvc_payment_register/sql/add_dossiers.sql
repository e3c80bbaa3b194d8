INSERT INTO dossier (agency, dossier)
SELECT agency, dossier FROM unnest(%s::text[], %s::text[]) AS new (agency, dossier)
ON CONFLICT DO NOTHING
