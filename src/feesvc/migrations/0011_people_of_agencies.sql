-- Which agencies a subject has to do with: their officers may look them up, nobody else's.
CREATE TABLE feesvc.person_agency (
    subject uuid NOT NULL REFERENCES feesvc.person,
    agency text NOT NULL,
    PRIMARY KEY (subject, agency)
);
