-- A file that was superseded or discarded by mistake: its bytes may stand for another acceptance, as
-- a file of its own that names the one before. Of all files with the same bytes one at most counts.

ALTER TABLE feesvc.source_file
    ADD restores uuid REFERENCES feesvc.source_file,
    ADD restored_for text NOT NULL DEFAULT '';
COMMENT ON COLUMN feesvc.source_file.restores IS 'the file whose bytes were brought back with it';
COMMENT ON COLUMN feesvc.source_file.restored_for IS 'the reason code that was given for it';
ALTER TABLE feesvc.source_file DROP CONSTRAINT source_file_account_sha256_key;
CREATE UNIQUE INDEX source_file_bytes ON feesvc.source_file (account, sha256)
    WHERE state NOT IN ('superseded', 'discarded');
CREATE INDEX source_file_past_bytes ON feesvc.source_file (account, sha256)
    WHERE state IN ('superseded', 'discarded');
ALTER TABLE feesvc.source_file DROP CONSTRAINT source_file_came_by_check;
ALTER TABLE feesvc.source_file ADD CONSTRAINT source_file_came_by_check
    CHECK (came_by IN ('upload', 'command_line', 'folder', 'feed', 'restored'));
