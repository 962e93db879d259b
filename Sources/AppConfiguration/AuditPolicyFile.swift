package import Domain
import Yams

/// Reads an API server's audit policy file as strictly as the server validates it, and strict about keys besides.
///
/// The rules are those of `ValidatePolicy` (k8s.io/apiserver, pkg/apis/audit/validation). A key that the server would
/// pass over with a warning is an error here: the rule would match more than its author thinks.
package enum AuditPolicyFile {
    /// The policy; `name` is the file's for messages. Throws a `ConfigurationError` that says what to do.
    package static func parse(_ text: String, name: String) throws(ConfigurationError) -> AuditPolicy {
        var reader = AuditPolicyReader(name: name)
        return try reader.policy(Self.root(text, name))
    }

    private static func root(_ text: String, _ name: String) throws(ConfigurationError) -> Yams.Node {
        do {
            if let root = try Yams.compose(yaml: text) { return root }
        } catch {
            throw ConfigurationError(
                code: .notYAML, message: "\(name) is not one YAML document: \(error)",
                hint: "give the file that the API server has in --audit-policy-file, as it is")
        }
        throw ConfigurationError(
            code: .missing, message: "\(name) is empty",
            hint: "give the file that the API server has in --audit-policy-file")
    }
}

/// Reads the nodes of one file, and counts them: aliases let a few lines stand for billions.
struct AuditPolicyReader {
    private static let mostItems = 100_000

    let name: String
    private var itemsRead = 0

    init(name: String) {
        self.name = name
    }

    mutating func policy(_ root: Yams.Node) throws(ConfigurationError) -> AuditPolicy {
        let fields = try fields(root, "the file", known: ["apiVersion", "kind", "metadata", "omitStages", "rules"])
        let kind = fields["kind"]?.string ?? ""
        guard kind == "Policy", ["audit.k8s.io/v1", "audit.k8s.io/v1beta1"].contains(fields["apiVersion"]?.string)
        else {
            throw ConfigurationError(
                code: .badValue, message: "\(name) is no audit policy: its kind is '\(kind)'",
                hint: "it has to begin with apiVersion: audit.k8s.io/v1 and kind: Policy")
        }
        let stages = try stages(fields["omitStages"], "omitStages")
        var rules: [AuditPolicy.Rule] = []
        for (index, node) in try items(fields["rules"], "rules").enumerated() {
            rules.append(try rule(node, "rules[\(index)]"))
        }
        guard !rules.isEmpty else {
            throw ConfigurationError(
                code: .missing, message: "\(name) has no rules, and the API server would refuse it",
                hint: "give the policy that is in use; one with the rule 'level: Metadata' records every request")
        }
        return AuditPolicy(omitStages: stages, rules: rules)
    }

    private static let ruleKeys = [
        "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages",
        "omitManagedFields",
    ]

    private mutating func rule(_ node: Yams.Node, _ place: String) throws(ConfigurationError) -> AuditPolicy.Rule {
        let fields = try fields(node, place, known: Self.ruleKeys)
        guard let level = fields["level"]?.string.flatMap(AuditPolicy.Level.init) else {
            throw bad(
                "\(place).level", "is missing or unknown", "use one of \(words(AuditPolicy.Level.self))", node)
        }
        var resources: [AuditPolicy.GroupResources] = []
        for (index, node) in try items(fields["resources"], "\(place).resources").enumerated() {
            resources.append(try groupResources(node, "\(place).resources[\(index)]"))
        }
        let rule = AuditPolicy.Rule(
            level: level, users: try texts(fields["users"], "\(place).users"),
            userGroups: try texts(fields["userGroups"], "\(place).userGroups"),
            verbs: try texts(fields["verbs"], "\(place).verbs"), resources: resources,
            namespaces: try texts(fields["namespaces"], "\(place).namespaces").map { Namespace($0) },
            nonResourceURLs: try paths(fields["nonResourceURLs"], "\(place).nonResourceURLs"),
            omitStages: try stages(fields["omitStages"], "\(place).omitStages"))
        guard rule.nonResourceURLs.isEmpty || rule.resources.isEmpty && rule.namespaces.isEmpty else {
            throw bad(place, "has both resources and nonResourceURLs", "make two rules of it", node)
        }
        return rule
    }

    private mutating func groupResources(
        _ node: Yams.Node, _ place: String
    ) throws(ConfigurationError) -> AuditPolicy.GroupResources {
        let fields = try fields(node, place, known: ["group", "resources", "resourceNames"])
        // A key without a value is the core group, as is one that is not there.
        let group =
            try fields["group"].map { (node) throws(ConfigurationError) in
                node.null == nil ? try self.text(node, "\(place).group") : ""
            } ?? ""
        guard Self.isGroup(group) else {
            throw bad(
                "\(place).group", "'\(group)' is no API group", "no version and no wildcard can stand there", node)
        }
        let resources = try texts(fields["resources"], "\(place).resources")
        let names = try texts(fields["resourceNames"], "\(place).resourceNames")
        guard names.isEmpty || !resources.isEmpty else {
            throw bad("\(place).resourceNames", "stands without resources", "name the resources too", node)
        }
        return AuditPolicy.GroupResources(group: group, resources: resources, resourceNames: names)
    }

    /// A DNS subdomain, or nothing for the core group.
    private static func isGroup(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let isPlain = part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            return isPlain && !part.isEmpty && part.first != "-" && part.last != "-"
        }
    }

    private mutating func paths(_ node: Yams.Node?, _ place: String) throws(ConfigurationError) -> [String] {
        let paths = try texts(node, place)
        for path in paths where path != "*" {
            guard path.hasPrefix("/"), !path.dropLast().contains("*") else {
                throw bad(place, "'\(path)' is no path", "begin with / and put * at the end alone", node)
            }
        }
        return paths
    }

    private mutating func stages(
        _ node: Yams.Node?, _ place: String
    ) throws(ConfigurationError) -> Set<AuditPolicy.Stage> {
        var stages: Set<AuditPolicy.Stage> = []
        for text in try texts(node, place) {
            guard let stage = AuditPolicy.Stage(rawValue: text) else {
                throw bad(place, "'\(text)' is no stage", "use \(words(AuditPolicy.Stage.self))", node)
            }
            stages.insert(stage)
        }
        return stages
    }

    private func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> String {
        type.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension AuditPolicyReader {
    private func fields(
        _ node: Yams.Node, _ place: String, known: [String]
    ) throws(ConfigurationError) -> [String: Yams.Node] {
        guard let mapping = node.mapping else {
            throw bad(place, "is no map of keys", "write one key a line", node)
        }
        var fields: [String: Yams.Node] = [:]
        for (key, value) in mapping {
            guard let word = key.string, known.contains(word) else {
                throw ConfigurationError(
                    code: .unknownKey, message: "\(at(key)): \(place) has the unknown key '\(key.string ?? "")'",
                    hint: "the keys there are \(known.joined(separator: ", "))")
            }
            fields[word] = value
        }
        return fields
    }

    private mutating func items(_ node: Yams.Node?, _ place: String) throws(ConfigurationError) -> [Yams.Node] {
        guard let node, node.null == nil else { return [] }
        guard let sequence = node.sequence else { throw bad(place, "is no list", "write one item a line", node) }
        itemsRead += sequence.count
        guard itemsRead <= Self.mostItems else {
            throw bad(place, "makes the policy too large", "write it without aliases", node)
        }
        return Array(sequence)
    }

    private mutating func texts(_ node: Yams.Node?, _ place: String) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for item in try items(node, place) { texts.append(try text(item, place)) }
        return texts
    }

    private func text(_ node: Yams.Node, _ place: String) throws(ConfigurationError) -> String {
        // What YAML reads as a number or a truth value, the API server refuses.
        guard case .scalar(let scalar) = node, node.tag == Tag(.str) else {
            throw bad(place, "has an entry that is no string", "put it into quotes", node)
        }
        return scalar.string
    }

    private func bad(_ place: String, _ what: String, _ hint: String, _ node: Yams.Node?) -> ConfigurationError {
        ConfigurationError(code: .badValue, message: "\(at(node)): \(place) \(what)", hint: hint)
    }

    private func at(_ node: Yams.Node?) -> String { name + (node?.mark.map { ":\($0.line)" } ?? "") }
}
