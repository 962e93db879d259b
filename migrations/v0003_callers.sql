-- From which workloads the requests behind a fact came: the 64 smallest names, and whether others were dropped.
CREATE TABLE access_caller (
    edge INTEGER NOT NULL,
    period INTEGER NOT NULL,
    caller TEXT NOT NULL CHECK (caller <> ''), -- a workload in the service account's namespace
    PRIMARY KEY (edge, period, caller),
    FOREIGN KEY (edge, period) REFERENCES access_fact (edge, period) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

ALTER TABLE access_fact ADD COLUMN callers_cut INTEGER NOT NULL DEFAULT 0 CHECK (callers_cut IN (0, 1));
