import Domain

/// The members of groups, each with what is in the way of taking rights from it.
///
/// A group of many is bound in many places: what holds for its members is found once.
struct GroupMembers {
    /// By group, in words, in the order of members; more than some of them tell a person nothing.
    private var obstacles: [ExactText: (shown: [String], count: Int)] = [:]
    private var gaps: [ExactText: [AccessGap]] = [:]

    /// - Parameters:
    ///   - obstacle: why nothing may be taken from a member; nil where nothing is in the way.
    ///   - gaps: what members need that no event shows.
    init(
        _ memberships: [Subject: Set<ExactText>], gaps: [Subject: [AccessGap]],
        obstacle: (Subject, _ group: ExactText) -> String?
    ) {
        for member in memberships.keys.sorted() {
            for group in memberships[member] ?? [] {
                if let obstacle = obstacle(member, group) { add(obstacle, to: group) }
                if let own = gaps[member] { self.gaps[group, default: []] += own }
            }
        }
    }

    private static let shown = 10

    private mutating func add(_ obstacle: String, to group: ExactText) {
        var known = obstacles.removeValue(forKey: group) ?? ([], 0)
        known.count += 1
        if known.count <= Self.shown { known.shown.append(obstacle) }
        obstacles[group] = known
    }

    func obstacles(of group: Subject) -> [String] {
        guard let known = obstacles[ExactText(group.name)] else { return [] }
        let more = known.count - known.shown.count
        return known.shown + (more > 0 ? ["\(more) more members of \(group) likewise"] : [])
    }

    func gaps(of group: Subject) -> [AccessGap] { gaps[ExactText(group.name)] ?? [] }
}
