SELECT asked.payment, asked.assessment, asked.agency, asked.amount, assessment.currency,
       assessment.dossier, assessment.notice, assessment.state
FROM asked JOIN assessment ON assessment.id = asked.assessment
WHERE asked.payment = ANY(%(payments)s)
ORDER BY assessment.position
