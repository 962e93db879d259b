-- What a service needs beside the observations: marks that are committed with them, a lease, learning runs, and what
-- pruning by small steps takes. Times of this file come from the service's clock, not from records.

-- How far a source was read: written by the commit that holds what was read, so that a restart neither loses nor repeats.
CREATE TABLE source_cursor (
    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 8192), -- a path and a prefix fit
    value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) <= 1048576), -- the source's own text
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

-- What was answered to a batch that carried a key, so that the same batch counts once and is answered the same.
CREATE TABLE receipt (
    sender TEXT NOT NULL CHECK (length(CAST(sender AS BLOB)) <= 1024),
    key TEXT NOT NULL CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 1024),
    answer TEXT NOT NULL CHECK (length(CAST(answer AS BLOB)) <= 65536),
    received INTEGER NOT NULL,
    PRIMARY KEY (sender, key)
) STRICT;

CREATE INDEX receipt_received ON receipt (received);

-- Which of several replicas does what only one may do.
CREATE TABLE lease (
    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 256),
    holder TEXT NOT NULL CHECK (length(CAST(holder AS BLOB)) BETWEEN 1 AND 1024),
    until INTEGER NOT NULL,
    duration INTEGER NOT NULL CHECK (duration > 0), -- nanoseconds from the newest renewal to `until`
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

CREATE TABLE learn_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cause TEXT NOT NULL CHECK (cause IN ('schedule', 'request', 'start')),
    started INTEGER NOT NULL,
    finished INTEGER NOT NULL, -- 0 while it runs
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'succeeded', 'failed', 'interrupted')),
    summary TEXT NOT NULL CHECK (json_valid(summary) AND length(CAST(summary AS BLOB)) <= 65536),
    CHECK ((outcome = 'running') = (finished = 0))
) STRICT;

-- The newest moment of a schedule for which a run was begun. Apart from the runs, of which only the newest are kept.
CREATE TABLE schedule_slot (
    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 256),
    served INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

-- How many rows of a table with AUTOINCREMENT are gone. `sqlite_sequence` less this is how many there are, without a
-- count; and where identities are gone, whoever remembers ids has to forget them.
CREATE TABLE removed_row (
    kind TEXT NOT NULL CHECK (kind <> ''), -- the table's name
    removed INTEGER NOT NULL CHECK (removed >= 0),
    PRIMARY KEY (kind)
) STRICT, WITHOUT ROWID;

INSERT INTO removed_row (kind, removed)
SELECT kind, max(0, ifnull((SELECT seq FROM sqlite_sequence WHERE name = kind), 0) - present)
FROM (
    SELECT 'peer' AS kind, (SELECT count(*) FROM peer) AS present
    UNION ALL SELECT 'subject', (SELECT count(*) FROM subject)
    UNION ALL SELECT 'access_reason', (SELECT count(*) FROM access_reason)
    UNION ALL SELECT 'connection_edge', (SELECT count(*) FROM connection_edge)
    UNION ALL SELECT 'access_edge', (SELECT count(*) FROM access_edge)
);

-- Whether anything still refers to a row is asked for each row that is removed, by pruning and by the foreign keys.
CREATE INDEX connection_edge_source ON connection_edge (source);
CREATE INDEX connection_edge_destination ON connection_edge (destination);
CREATE INDEX access_edge_subject ON access_edge (subject);
CREATE INDEX access_edge_reason ON access_edge (reason);
CREATE INDEX address_sighting_peer ON address_sighting (peer);
CREATE INDEX group_membership_subject ON group_membership (subject);
