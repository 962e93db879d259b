package import Domain
import GRDB

extension Store {
    /// Takes a lease that nobody has, whose time is over, or that the holder has already, which renews it.
    ///
    /// Atomic over all processes that share the file: of many that ask at one moment one gets it. A lease ends at `until`
    /// by the clocks of those who ask, so that a holder has to stop before that, or renew in time. Where a clock goes
    /// back, nobody waits for longer than the lease was given for.
    ///
    /// - Parameters:
    ///   - name: what is leased, such as `learn`; 1 to 256 bytes.
    ///   - holder: a name that no other process has; 1 to 1,024 bytes.
    ///   - now: the server's clock.
    package func takeLease(
        name: String, holder: String, now: Timestamp, duration: Duration
    ) throws -> LeaseOutcome {
        try write { db in
            let nanoseconds = max(1, duration.wholeNanoseconds)
            if let lease = try LeaseRow(db, name: name), !lease.holder.hasSameBytes(as: holder), now < lease.until {
                return .heldBy(lease.holder, until: try lease.shortened(db, name: name, now: now))
            }
            let until = Timestamp(rawValue: now.rawValue.addingOrLimit(nanoseconds))
            try SQLStatement(
                db,
                """
                INSERT INTO lease (name, holder, until, duration) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET
                holder = excluded.holder, until = excluded.until, duration = excluded.duration
                """
            ).run(name, holder, until.rawValue, nanoseconds)
            return .taken(until: until)
        }
    }

    /// Gives a lease back before its time.
    ///
    /// - Returns: false if the holder did not have it (any more), which is no error.
    @discardableResult
    package func releaseLease(name: String, holder: String) throws -> Bool {
        try write { db in
            try SQLStatement(db, "DELETE FROM lease WHERE name = ? AND holder = ?").run(name, holder)
            return db.changesCount > 0
        }
    }
}

/// A lease as it is stored.
private struct LeaseRow {
    private(set) var holder = ""
    private(set) var until = Timestamp(rawValue: 0)
    /// For how long it was given.
    private var nanoseconds: Int64 = 0

    init?(_ db: Database, name: String) throws {
        var isKnown = false
        try SQLStatement(db, "SELECT holder, until, duration FROM lease WHERE name = ?").forEachRow(name) { row in
            holder = row.text(at: 0)
            until = Timestamp(rawValue: row.integer(at: 1))
            nanoseconds = row.integer(at: 2)
            isKnown = true
        }
        guard isKnown else { return nil }
    }

    /// The lease's end, brought forward if it lies further ahead than the lease was given for: then a clock went back since,
    /// and a dead holder's lease would last until the clock gets there again. A living one renews it in time.
    func shortened(_ db: Database, name: String, now: Timestamp) throws -> Timestamp {
        let latest = Timestamp(rawValue: now.rawValue.addingOrLimit(nanoseconds))
        guard latest < until else { return until }
        try SQLStatement(db, "UPDATE lease SET until = ? WHERE name = ?").run(latest.rawValue, name)
        return latest
    }
}

extension Duration {
    /// Rounded towards zero, and limited to what 64 bits hold.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        return whole.addingOrLimit(attoseconds / 1_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the largest or smallest number where 64 bits do not hold it.
    fileprivate func addingOrLimit(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        guard overflows else { return sum }
        return other < 0 ? .min : .max
    }
}
