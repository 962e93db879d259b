/// From which workloads the requests of one service account came, by name: what several workloads that share an account
/// are told apart by.
///
/// A name is what is left of a pod's name without the ends that controllers give; the namespace is the account's. The
/// set holds the 64 smallest names and knows whether there were more, so that merging is commutative, associative and
/// idempotent.
package struct CallerSet: Hashable, Sendable {
    /// How many names are kept.
    package static let limit = 64

    /// Sorted, each once; not more than `limit`.
    package private(set) var names: [String] = []
    /// True if further names were seen and dropped.
    package private(set) var isCut = false

    /// No caller known: requests of users, or of accounts whose tokens belong to no pod.
    package init() {}

    /// The smallest of some names, in any order; `isCut` says that others were dropped before.
    package init(_ names: some Sequence<String>, isCut: Bool = false) {
        self.isCut = isCut
        keep(Set(names).sorted())
    }

    /// One caller, as nearly all facts have.
    package init(_ name: String) { names = [name] }

    package var isEmpty: Bool { names.isEmpty && !isCut }

    /// Adds what another source or replica saw.
    package mutating func formUnion(_ other: CallerSet) {
        isCut = isCut || other.isCut
        guard names != other.names else { return }
        keep(names.isEmpty ? other.names : other.names.isEmpty ? names : Set(names + other.names).sorted())
    }

    private mutating func keep(_ sorted: [String]) {
        names = Array(sorted.prefix(Self.limit))
        if sorted.count > Self.limit { isCut = true }
    }
}
