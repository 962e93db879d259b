-- What was observed, aggregated: keys (who, whom, what), and for each key one mergeable fact per period of 64 days.
-- The program keeps the number of the newest applied file in `user_version`.
-- Times are nanoseconds since 1970-01-01T00:00:00Z. An absent text is '', never NULL, so that UNIQUE holds.
-- Counters stop at 2^50 = 1125899906842624, so that no sum over all periods can overflow.

PRAGMA application_id = 0x4C535457; -- 'LSTW'

CREATE TABLE cluster (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- The newest moment that any record of the cluster carries: the only clock that learning knows.
CREATE TABLE cluster_clock (
    cluster INTEGER PRIMARY KEY REFERENCES cluster (id),
    newest INTEGER NOT NULL
) STRICT;

-- The sides of connections as the records name them. AUTOINCREMENT: other processes remember ids, so that none may ever
-- be used again. Readers take the unique index for the peers' order.
CREATE TABLE peer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5), -- pod, world, host, remote node, API server, unknown
    remote_cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    workload_kind TEXT NOT NULL,
    workload_name TEXT NOT NULL,
    pod_name TEXT NOT NULL,
    labels TEXT NOT NULL CHECK (json_valid(labels)), -- an object of strings, keys sorted, no spaces
    address TEXT NOT NULL, -- canonical; '' for pods
    UNIQUE (cluster, kind, remote_cluster, namespace, workload_kind, workload_name, pod_name, labels, address)
) STRICT;

CREATE TABLE connection_edge (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    source INTEGER NOT NULL REFERENCES peer (id),
    destination INTEGER NOT NULL REFERENCES peer (id),
    protocol INTEGER NOT NULL CHECK (protocol IN (1, 6, 17, 58, 132)), -- IANA: ICMP, TCP, UDP, ICMPv6, SCTP
    port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    direction INTEGER NOT NULL CHECK (direction IN (0, 1)), -- known, unknown
    UNIQUE (cluster, source, destination, protocol, port, direction)
) STRICT;

CREATE TABLE connection_fact (
    edge INTEGER NOT NULL REFERENCES connection_edge (id) ON DELETE CASCADE,
    period INTEGER NOT NULL, -- days since 1970-01-01, divided by 64
    count INTEGER NOT NULL CHECK (count BETWEEN 0 AND 1125899906842624),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 1125899906842624),
    answers INTEGER NOT NULL CHECK (answers BETWEEN 0 AND 1125899906842624),
    refusals INTEGER NOT NULL CHECK (refusals BETWEEN 0 AND 1125899906842624),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL CHECK (last_seen >= first_seen),
    days INTEGER NOT NULL CHECK (days <> 0), -- 64 bits, the period's first day lowest
    sources INTEGER NOT NULL CHECK (sources BETWEEN 0 AND 4294967295), -- bits: 1 Hubble, 2 audit
    sample TEXT NOT NULL, -- of the earliest record
    PRIMARY KEY (edge, period)
) STRICT, WITHOUT ROWID;

-- Who asks the Kubernetes API.
CREATE TABLE subject (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    kind TEXT NOT NULL CHECK (kind IN ('User', 'Group', 'ServiceAccount')),
    namespace TEXT NOT NULL, -- '' but for a ServiceAccount
    name TEXT NOT NULL,
    UNIQUE (cluster, kind, namespace, name)
) STRICT;

-- The authorizer's reasons: long texts, few of them.
CREATE TABLE access_reason (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    text TEXT NOT NULL,
    UNIQUE (cluster, text)
) STRICT;

CREATE TABLE access_edge (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    subject INTEGER NOT NULL REFERENCES subject (id),
    verb TEXT NOT NULL,
    api_group TEXT NOT NULL,
    resource TEXT NOT NULL,
    subresource TEXT NOT NULL,
    namespace TEXT NOT NULL, -- '' for the cluster scope
    name TEXT NOT NULL,
    path TEXT NOT NULL, -- of a request that is for no resource
    decision INTEGER NOT NULL CHECK (decision IN (0, 1, 2)), -- allowed, allowed by status, denied
    reason INTEGER NOT NULL REFERENCES access_reason (id),
    CHECK (path = '' OR (api_group = '' AND resource = '' AND subresource = '' AND namespace = '' AND name = '')),
    UNIQUE (cluster, subject, verb, api_group, resource, subresource, namespace, name, path, decision, reason)
) STRICT;

CREATE TABLE access_fact (
    edge INTEGER NOT NULL REFERENCES access_edge (id) ON DELETE CASCADE,
    period INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count BETWEEN 0 AND 1125899906842624),
    dry_runs INTEGER NOT NULL CHECK (dry_runs BETWEEN 0 AND 1125899906842624),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL CHECK (last_seen >= first_seen),
    days INTEGER NOT NULL CHECK (days <> 0),
    sources INTEGER NOT NULL CHECK (sources BETWEEN 0 AND 4294967295),
    sample TEXT NOT NULL,
    PRIMARY KEY (edge, period)
) STRICT, WITHOUT ROWID;

-- A pod was seen at an address, from one moment to another.
CREATE TABLE address_sighting (
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    address TEXT NOT NULL CHECK (address <> ''),
    peer INTEGER NOT NULL REFERENCES peer (id),
    pod_name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL CHECK (last_seen >= first_seen),
    PRIMARY KEY (cluster, address, peer, pod_name)
) STRICT, WITHOUT ROWID;

-- A DNS name was seen for an address.
CREATE TABLE name_sighting (
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    address TEXT NOT NULL CHECK (address <> ''),
    name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL CHECK (last_seen >= first_seen),
    PRIMARY KEY (cluster, address, name)
) STRICT, WITHOUT ROWID;

-- A user was seen with a group.
CREATE TABLE group_membership (
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    subject INTEGER NOT NULL REFERENCES subject (id),
    group_name TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (cluster, subject, group_name)
) STRICT, WITHOUT ROWID;

-- How much of the truth one source showed on one day (days since 1970-01-01).
CREATE TABLE source_coverage (
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    source INTEGER NOT NULL CHECK (source BETWEEN 0 AND 4294967295),
    day INTEGER NOT NULL,
    records INTEGER NOT NULL CHECK (records BETWEEN 0 AND 1125899906842624),
    lost INTEGER NOT NULL CHECK (lost BETWEEN 0 AND 1125899906842624),
    PRIMARY KEY (cluster, source, day)
) STRICT, WITHOUT ROWID;

-- What the cluster declares: workloads, services, policies, roles, cut down to what learning needs.
CREATE TABLE cluster_object (
    id INTEGER PRIMARY KEY,
    cluster INTEGER NOT NULL REFERENCES cluster (id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    namespace TEXT NOT NULL, -- '' for the cluster scope
    name TEXT NOT NULL CHECK (name <> ''),
    body BLOB NOT NULL CHECK (length(body) > 0), -- JSON, keys sorted
    UNIQUE (cluster, kind, namespace, name)
) STRICT;
