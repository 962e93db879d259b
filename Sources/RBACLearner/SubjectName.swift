import Domain

/// Names of a subject's generated objects: `leastwise-sa-shop.api`, `leastwise-user-...`, `leastwise-group-...`.
///
/// Different subjects never share a name: a namespace holds no dot, a kind stands in front, and what had to be changed
/// or cut, or only looks so, gets a hash of the original.
struct SubjectName: Hashable {
    let subject: Subject
    /// Above 0 for a subject whose hash meets that of another one.
    var salt = 0

    private static let limit = 63
    private static let hashLength = 8

    /// The name of its file, of its Roles, of its own ClusterRole, and of their bindings.
    var base: String { name(prefix: "leastwise-") }

    /// The name of a ClusterRole that is bound in several namespaces, and of the bindings there.
    ///
    /// It differs from `base`, because the role of a binding cannot be changed.
    /// - Parameter first: the first of the namespaces where the subject has more than one such role, otherwise nil.
    func shared(first: Namespace?) -> String {
        name(prefix: "leastwise-shared-" + (first.map { GeneratedName.shortHash($0.rawValue) + "-" } ?? ""))
    }

    private func name(prefix: String) -> String {
        let plain = prefix + kind + "-" + text
        let safe = String(plain.utf8.map { Self.isSafe($0) ? Character(UnicodeScalar($0)) : "-" })
        let isUnchanged = safe.utf8.elementsEqual(plain.utf8) && safe.utf8.count <= Self.limit && Self.isName(safe)
        if salt == 0, isUnchanged, !Self.endsLikeHash(safe) { return safe }
        let identity = "\(subject.kind.rawValue)\u{0}\(subject.namespace)\u{0}\(subject.name)"
        let hash = GeneratedName.shortHash(salt == 0 ? identity : "\(identity)\u{0}\(salt)")
        return Self.trimmed(safe.prefix(Self.limit - Self.hashLength - 1)) + "-" + hash
    }

    private var kind: String {
        switch subject.kind {
        case .serviceAccount: "sa"
        case .user: "user"
        case .group: "group"
        }
    }

    private var text: String {
        subject.kind == .serviceAccount ? "\(subject.namespace).\(subject.name)" : subject.name
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// A DNS subdomain: each of its labels begins and ends with a letter or a digit (RFC 1123).
    private static func isName(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-"
        }
    }

    /// Without separators at the end, and without doubled ones that are no part of a DNS subdomain.
    private static func trimmed(_ text: Substring) -> String {
        let labels = text.split(separator: ".").map { label in
            String(label.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed())
        }
        return labels.filter { !$0.isEmpty }.joined(separator: ".")
    }

    private static func endsLikeHash(_ text: String) -> Bool {
        let end = text.utf8.suffix(hashLength + 1)
        return end.count == hashLength + 1 && end.first == UInt8(ascii: "-")
            && end.dropFirst().allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// A name for each of the subjects, all different.
    static func names(for subjects: [Subject]) -> [Subject: SubjectName] {
        var taken: Set<String> = []
        var names: [Subject: SubjectName] = [:]
        for subject in subjects.sorted() {
            var name = SubjectName(subject: subject)
            while !taken.insert(name.base).inserted { name.salt += 1 }
            names[subject] = name
        }
        return names
    }
}
