-- A plain create is authorized before its object has a name; earlier versions stored the name that the audit event
-- carries. From now on a create with a name is one that an update or patch led to, and can be held to the name.
INSERT OR IGNORE INTO access_edge
    (cluster, subject, verb, api_group, resource, subresource, namespace, name, path, decision, reason)
SELECT DISTINCT cluster, subject, verb, api_group, resource, subresource, namespace, '', path, decision, reason
FROM access_edge WHERE verb = 'create' AND subresource = '' AND name <> '';

INSERT INTO access_fact (edge, period, count, dry_runs, first_seen, last_seen, days, sources, sample, callers_cut)
SELECT n.id, f.period, f.count, f.dry_runs, f.first_seen, f.last_seen, f.days, f.sources, f.sample, f.callers_cut
FROM access_edge e JOIN access_fact f ON f.edge = e.id
JOIN access_edge n ON n.cluster = e.cluster AND n.subject = e.subject AND n.verb = e.verb
    AND n.api_group = e.api_group AND n.resource = e.resource AND n.subresource = e.subresource
    AND n.namespace = e.namespace AND n.name = '' AND n.path = e.path AND n.decision = e.decision
    AND n.reason = e.reason
WHERE e.verb = 'create' AND e.subresource = '' AND e.name <> ''
ON CONFLICT (edge, period) DO UPDATE SET
    count = min(count + excluded.count, 1125899906842624),
    dry_runs = min(dry_runs + excluded.dry_runs, 1125899906842624),
    sample = CASE
        WHEN (excluded.first_seen, excluded.sample = '', excluded.sample) < (first_seen, sample = '', sample)
        THEN excluded.sample ELSE sample END,
    first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen),
    days = days | excluded.days,
    sources = sources | excluded.sources;

DELETE FROM access_edge WHERE verb = 'create' AND subresource = '' AND name <> '';
