-- What was registered from a run is looked for by its id, in whatever case that was written.
CREATE INDEX alpha_details_by_run_id ON alpha_details (run_id COLLATE NOCASE) WHERE run_id IS NOT NULL;
