import Domain

/// Hands rows on in batches of bounded size.
struct BatchWriter {
    private var batch = ObservationBatch()
    private var rows = 0
    private let rowsPerBatch: Int
    private let deliver: (ObservationBatch) throws -> Void

    init(rowsPerBatch: Int, deliver: @escaping (ObservationBatch) throws -> Void) {
        self.rowsPerBatch = rowsPerBatch
        self.deliver = deliver
    }

    mutating func add(_ edge: ConnectionEdge, _ fact: ConnectionFact) throws {
        batch.connections.append((edge, fact))
        try addedRow()
    }

    mutating func add(_ edge: AccessEdge, _ fact: AccessFact) throws {
        batch.accesses.append((edge, fact))
        try addedRow()
    }

    mutating func add(_ sighting: AddressSighting) throws {
        batch.addresses.append(sighting)
        try addedRow()
    }

    mutating func add(_ sighting: NameSighting) throws {
        batch.names.append(sighting)
        try addedRow()
    }

    mutating func add(_ membership: GroupMembership) throws {
        batch.memberships.append(membership)
        try addedRow()
    }

    mutating func add(_ coverage: SourceCoverage) throws {
        batch.coverage.append(coverage)
        try addedRow()
    }

    private mutating func addedRow() throws {
        rows += 1
        if rows >= rowsPerBatch { try finish() }
    }

    /// Hands on what is left.
    mutating func finish() throws {
        guard rows > 0 else { return }
        let full = batch
        batch = ObservationBatch()
        rows = 0
        try deliver(full)
    }
}
