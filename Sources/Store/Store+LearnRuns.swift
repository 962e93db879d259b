package import Domain
import GRDB

extension Store {
    /// How many runs are kept.
    package static let keptRuns = 100

    /// Records that a run begins; for whoever holds the lease.
    ///
    /// Runs that are open still were left by a process that was killed or lost its lease: they are marked as interrupted.
    /// The oldest are removed, so that `keptRuns` remain.
    ///
    /// - Parameters:
    ///   - slot: the moment of the schedule that this run serves, which counts as served from now on, so that a run that
    ///     kills its process is not begun again and again; nil for a run that serves none.
    ///   - now: the server's clock.
    /// - Returns: the run's id, for `finishRun`.
    package func beginRun(_ trigger: LearnRun.Trigger, slot: Timestamp? = nil, now: Timestamp) throws -> Int64 {
        try write { db in
            try SQLStatement(
                db,
                """
                UPDATE learn_run SET outcome = 'interrupted', finished = max(?, started, 1) WHERE outcome = 'running'
                """
            ).run(now.rawValue)
            try SQLStatement(
                db,
                """
                INSERT INTO learn_run (cause, started, finished, outcome, summary) VALUES (?, ?, 0, 'running', '{}')
                """
            ).run(trigger.rawValue, now.rawValue)
            let id = db.lastInsertedRowID
            try SQLStatement(db, "DELETE FROM learn_run WHERE id <= ?").run(id - Int64(Self.keptRuns))
            if let slot { try Self.serve(slot, db) }
            return id
        }
    }

    /// Records how a run ended; also of one that was marked as interrupted and was not. A run that is not kept any more is
    /// no error.
    ///
    /// - Parameters:
    ///   - outcome: any but `running`.
    ///   - summary: what it came to, JSON of up to 65,536 bytes.
    ///   - now: the server's clock.
    package func finishRun(_ id: Int64, _ outcome: LearnRun.Outcome, summary: String, now: Timestamp) throws {
        try write { db in
            try SQLStatement(
                db, "UPDATE learn_run SET outcome = ?, finished = max(?, started, 1), summary = ? WHERE id = ?"
            ).run(outcome.rawValue, now.rawValue, summary, id)
        }
    }

    /// The newest runs, the newest first.
    package func lastRuns(limit: Int = keptRuns) throws -> [LearnRun] {
        try read { db in
            var runs: [LearnRun] = []
            let select = try SQLStatement(
                db,
                "SELECT id, cause, started, finished, outcome, summary FROM learn_run ORDER BY id DESC LIMIT ?")
            try select.forEachRow(Int64(max(0, limit))) { runs.append(try Self.run($0)) }
            return runs
        }
    }

    /// The newest moment of the schedule for which a run was begun, by any replica; nil if there is none.
    package func lastServedSlot() throws -> Timestamp? {
        try read { db in
            try SQLStatement(db, "SELECT served FROM schedule_slot WHERE name = ?").integer(Self.learning)
                .map(Timestamp.init(rawValue:))
        }
    }

    /// The one schedule there is.
    private static let learning = "learn"

    private static func serve(_ slot: Timestamp, _ db: Database) throws {
        try SQLStatement(
            db,
            """
            INSERT INTO schedule_slot (name, served) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET served = max(served, excluded.served)
            """
        ).run(learning, slot.rawValue)
    }

    private static func run(_ row: SQLStatement) throws -> LearnRun {
        guard let trigger = LearnRun.Trigger(rawValue: row.text(at: 1)),
            let outcome = LearnRun.Outcome(rawValue: row.text(at: 4))
        else { throw StoreError.unreadable("a learning run") }
        let finished = row.integer(at: 3)
        return LearnRun(
            id: row.integer(at: 0), trigger: trigger, started: Timestamp(rawValue: row.integer(at: 2)),
            finished: finished == 0 ? nil : Timestamp(rawValue: finished), outcome: outcome, summary: row.text(at: 5))
    }
}
