import Domain

/// What names of objects tell: whether RBAC can hold a request to one, and whether it will be there tomorrow.
enum ObjectNames {
    /// True if `resourceNames` can restrict the request (Kubernetes documentation, Using RBAC Authorization).
    ///
    /// A top-level create has a name only where an update or patch created the object; a plain one has none when it is
    /// authorised, and the decoder gives it none. A deletecollection never has one. The same goes for who acts as another.
    static func isEnforceable(_ action: AccessAction) -> Bool {
        !action.subresource.isEmpty || action.requestVerb != "deletecollection"
    }

    /// True if names of the resource come and go with pods, nodes and requests.
    static func isPassing(_ action: AccessAction) -> Bool {
        if action.resource == "leases" { return action.namespace.rawValue == "kube-node-lease" }
        return passing[action.apiGroup]?.contains(action.resource) ?? false
    }

    private static let passing: [String: Set<String>] = [
        "": ["pods", "nodes", "events"],
        "metrics.k8s.io": ["pods", "nodes"],
        "events.k8s.io": ["events"],
        "apps": ["replicasets", "controllerrevisions"],
        "discovery.k8s.io": ["endpointslices"],
        "certificates.k8s.io": ["certificatesigningrequests"],
        "storage.k8s.io": ["volumeattachments", "csinodes"],
        "authentication.k8s.io": ["tokenreviews"],
        "authorization.k8s.io": ["subjectaccessreviews", "localsubjectaccessreviews"],
        "cilium.io": ["ciliumendpoints", "ciliumendpointslices", "ciliumidentities", "ciliumnodes"],
    ]

    /// The smallest of the names that a machine made up, nil if there is none.
    ///
    /// Doubtful ends, such as five consonants, count only where several names share a beginning.
    static func generated(among names: some Sequence<ExactText>) -> String? {
        var smallest: ExactText?
        var siblings: [ExactText: (count: Int, smallest: ExactText)] = [:]
        for name in names {
            if isGenerated(name.text) {
                smallest = min(smallest ?? name, name)
            } else if let stem = doubtfulStem(name.text) {
                let known = siblings[stem]
                siblings[stem] = ((known?.count ?? 0) + 1, min(known?.smallest ?? name, name))
            }
        }
        let families = siblings.values.filter { $0.count >= 3 }.map(\.smallest)
        return ([smallest].compactMap { $0 } + families).min()?.text
    }

    /// True if the end of the name is a hash, a random suffix, a timestamp or a release's number.
    static func isGenerated(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        if name.hasPrefix("sh.helm.release.v1.") { return true }
        guard let dash = bytes.lastIndex(where: isSeparator) else { return bytes.count >= 16 && isMixedHex(bytes[...]) }
        let end = bytes[(dash + 1)...]
        if end.count >= 8, end.allSatisfy(isDigit) { return true }
        if end.count >= 7, isMixedHex(end) { return true }
        guard end.allSatisfy(isSafe) else { return false }
        if end.count == 5 || (8...10).contains(end.count), isMixed(end) { return true }
        return end.count == 5 && hasTemplateHash(bytes[..<dash])
    }

    /// `web-7d9c8b6f5`: what stands before a pod's own suffix.
    private static func hasTemplateHash(_ stem: ArraySlice<UInt8>) -> Bool {
        guard let dash = stem.lastIndex(where: isSeparator) else { return false }
        let hash = stem[(dash + 1)...]
        return (8...10).contains(hash.count) && hash.allSatisfy { isSafe($0) || isHex($0) } && isMixed(hash)
    }

    private static func doubtfulStem(_ name: String) -> ExactText? {
        guard let dash = name.utf8.lastIndex(where: isSeparator) else { return nil }
        let end = name.utf8[name.utf8.index(after: dash)...]
        return end.count == 5 && end.allSatisfy(isSafe) ? ExactText(String(name[..<dash])) : nil
    }

    /// A digit before a letter: words with a number (`http2`) have it behind.
    private static func isMixed(_ text: ArraySlice<UInt8>) -> Bool {
        guard let digit = text.firstIndex(where: isDigit) else { return false }
        return text[digit...].contains { !isDigit($0) }
    }

    private static func isMixedHex(_ text: ArraySlice<UInt8>) -> Bool { text.allSatisfy(isHex) && isMixed(text) }

    /// The characters of `rand.SafeEncodeString` (k8s.io/apimachinery).
    private static let safe = Set("bcdfghjklmnpqrstvwxz2456789".utf8)

    private static func isSafe(_ byte: UInt8) -> Bool { safe.contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte) }
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
}

extension AccessAction {
    /// The verb of the request behind a check of constrained impersonation; for any other action, its verb.
    fileprivate var requestVerb: String {
        guard case .action(let constrained?) = ImpersonationVerb(verb) else { return verb }
        return constrained.verb
    }
}
