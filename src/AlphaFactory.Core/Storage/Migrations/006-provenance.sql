-- What an alpha comes from is looked for by its hash, in whatever case that was written.
DROP INDEX alpha_details_by_code;
CREATE INDEX alpha_details_by_code_hash ON alpha_details (code_hash COLLATE NOCASE) WHERE code_hash IS NOT NULL;
CREATE INDEX alpha_details_by_data_hash ON alpha_details (data_hash COLLATE NOCASE) WHERE data_hash IS NOT NULL;
CREATE INDEX alpha_details_by_git_commit ON alpha_details (git_commit COLLATE NOCASE) WHERE git_commit IS NOT NULL;
