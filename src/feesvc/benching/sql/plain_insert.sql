INSERT INTO plain VALUES (gen_random_uuid(), 1, 'assessment.raised', decode(repeat('7b', :size), 'hex'));
