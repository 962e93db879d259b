/// Something in a cluster's objects or records that the inventory could not use, for the operator to see.
package struct InventoryNote: Hashable, Sendable {
    /// The object, such as `apps/Deployment shop/web`; empty where the note is about several records.
    package let object: String
    package let problem: String

    package init(object: String, problem: String) {
        self.object = object
        self.problem = problem
    }
}

extension InventoryNote: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.object, left.problem) < (right.object, right.problem)
    }
}

/// Why an object is left out.
struct Malformed: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }
}
