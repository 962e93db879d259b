import FoundationEssentials

/// Finds out which wanted kinds a server serves, and at which version; decides what to ask next, and asks nothing itself.
///
/// Asks for the plain documents `/api/v1`, `/apis` and those of the groups that matter, which every server has, also one
/// that aggregates others (Kubernetes documentation, "The Kubernetes API", "Discovery API").
struct DiscoveryState {
    /// What is known of a wanted kind.
    enum Finding: Hashable {
        case served(WatchedResource)
        /// The server says that there is no such kind.
        case absent
        /// The server of its group did not answer, or has the kind in a form that cannot be watched.
        case unknown
    }

    /// Path to the groups and versions that it tells of.
    private enum Step {
        case core
        case groups
        case version(String)
    }

    private var missing: [String: [WantedKind]]
    private var steps: [Step] = [.core, .groups]
    private(set) var findings: [String: Finding] = [:]

    init(_ wanted: [WantedKind]) {
        missing = Dictionary(grouping: wanted, by: \.group)
        for kind in wanted { findings[kind.name] = .absent }
    }

    /// What to ask next; nil when all is known.
    var path: String? {
        switch steps.last {
        case .core: "/api/v1"
        case .groups: "/apis"
        case .version(let version): "/apis/\(version)"
        case nil: nil
        }
    }

    /// Takes the answer to the request for `path`; nil where there was none, or none with status 200 or 404.
    ///
    /// False where nothing can be known without it.
    mutating func take(_ answer: (status: Int, body: [UInt8])?) -> Bool {
        guard let step = steps.popLast() else { return true }
        switch step {
        case .groups: return takeGroups(answer)
        case .core: return take(answer, version: "v1", isCore: true)
        case .version(let version): return take(answer, version: version, isCore: false)
        }
    }

    private mutating func takeGroups(_ answer: (status: Int, body: [UInt8])?) -> Bool {
        guard let body = answer?.body, answer?.status == 200,
            let list = try? JSONDecoder().decode(GroupList.self, from: Data(body)), list.kind == "APIGroupList"
        else { return false }
        for group in list.groups.sorted(by: { $0.name > $1.name }) where missing[group.name] != nil {
            let preferred = group.preferredVersion.map { [$0.groupVersion] } ?? []
            let others = group.versions.map(\.groupVersion).filter { !preferred.contains($0) }
            for version in (preferred + others).reversed() where version.hasPrefix(group.name + "/") {
                steps.append(.version(version))
            }
        }
        return true
    }

    private mutating func take(_ answer: (status: Int, body: [UInt8])?, version: String, isCore: Bool) -> Bool {
        let group = isCore ? "" : String(version.prefix { $0 != "/" })
        guard let wanted = missing[group], !wanted.isEmpty else { return true }
        if answer?.status == 404, !isCore { return true }
        guard let answer, answer.status == 200,
            let list = try? JSONDecoder().decode(ResourceList.self, from: Data(answer.body)),
            list.kind == "APIResourceList"
        else {
            for kind in wanted { findings[kind.name] = .unknown }
            return !isCore
        }
        for kind in wanted {
            guard let found = list.resources.first(where: { $0.kind == kind.kind && !$0.name.contains("/") }) else {
                continue
            }
            guard found.namespaced == kind.isNamespaced, Set(found.verbs).isSuperset(of: Self.verbs),
                Self.isPathSegment(found.name)
            else {
                // It is there, so that its objects are not gone.
                findings[kind.name] = .unknown
                continue
            }
            findings[kind.name] = .served(
                WatchedResource(kind: kind.name, apiVersion: version, resource: found.name))
            missing[group]?.removeAll { $0 == kind }
        }
        return true
    }

    private static let verbs: Set<String> = ["list", "watch"]

    /// Anything but a plain name would make another path.
    private static func isPathSegment(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
}

private struct GroupList: Decodable {
    struct Group: Decodable {
        let name: String
        let versions: [Version]
        let preferredVersion: Version?
    }

    struct Version: Decodable {
        let groupVersion: String
    }

    let kind: String
    let groups: [Group]
}

private struct ResourceList: Decodable {
    struct Resource: Decodable {
        let name: String
        let kind: String
        let namespaced: Bool
        let verbs: [String]
    }

    let kind: String
    let resources: [Resource]
}
