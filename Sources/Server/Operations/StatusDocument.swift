/// What `GET /v1/status` answers.
struct StatusDocument: Encodable, Sendable {
    let version: String
    let cluster: String
    /// RFC 3339.
    let started: String
    let ready: Bool
    /// What keeps the service from being ready.
    let obstacles: [String]
    let store: Store
    let intake: Intake
    let sources: [Source]
    let learning: Learning

    struct Store: Encodable, Sendable {
        let bytes: Int64
        let maximumBytes: Int64
        /// The newest moment that a record of the cluster carries; absent where there is none.
        let newestRecord: String?
        /// Why the last commit failed; absent while commits succeed.
        let problem: String?
    }

    struct Intake: Encodable, Sendable {
        let connections: Int
        let waitingForCommit: Int
        let bufferedBytes: Int
    }

    /// Something that the service fetches by itself.
    struct Source: Encodable, Sendable {
        let name: String
        let isUp: Bool
        /// What is wrong, or how far it is.
        let note: String
    }

    struct Learning: Encodable, Sendable {
        let isRunning: Bool
        /// When the schedule is due next; absent without one.
        let next: String?
        /// The newest first.
        let runs: [Run]
    }

    struct Run: Encodable, Sendable {
        let trigger: String
        let started: String
        /// Absent while it runs.
        let finished: String?
        let outcome: String
        /// By result, or why it failed.
        let summary: String
    }
}

/// What `POST /v1/learn` answers.
struct LearnAnswer: Encodable, Sendable {
    /// `started`, or `running` where a run was in progress already: then another one follows it.
    let state: String
}
