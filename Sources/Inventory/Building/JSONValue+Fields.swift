import Domain

/// Typed members of Kubernetes objects. An absent member is nil or empty; one of the wrong type or range is malformed.
extension JSONValue {
    func port(_ key: String) throws(Malformed) -> Port? {
        guard let member = self[key] else { return nil }
        guard let number = member.integer, (1...65535).contains(number) else {
            throw Malformed("\(key) is no port number")
        }
        return Port(UInt16(number))
    }

    /// `protocol`, TCP where it is left out (API reference, ContainerPort, ServicePort, NetworkPolicyPort).
    func transport() throws(Malformed) -> NetworkProtocol {
        guard let member = self["protocol"] else { return .tcp }
        guard let found = member.text.flatMap({ NetworkProtocol(name: $0) }), found.hasPorts else {
            throw Malformed("protocol is none of TCP, UDP and SCTP")
        }
        return found
    }

    /// A number or a name, as `IntOrString` has it; nil where absent, empty or 0.
    func portValue(_ key: String) throws(Malformed) -> NetworkPolicy.PortValue? {
        guard let member = self[key], member != .integer(0), member != .string("") else { return nil }
        if let name = member.text {
            guard isPortName(name) else { throw Malformed("\(key) is no port name") }
            return .name(name)
        }
        return try port(key).map { .number($0) }
    }

    private func isPortName(_ name: String) -> Bool {
        name.utf8.count <= 63
            && name.utf8.allSatisfy { (97...122).contains($0 | 32) || (48...57).contains($0) || $0 == 45 }
    }

    /// The address of a text; nil where it is absent, empty or `None`.
    func address(_ key: String) throws(Malformed) -> IPAddress? {
        guard let text = self[key]?.text, !text.isEmpty, text != "None" else { return nil }
        return try Self.address(text)
    }

    func addresses(_ key: String) throws(Malformed) -> [IPAddress] {
        var found: [IPAddress] = []
        for text in texts(key) where !text.isEmpty && text != "None" { found.append(try Self.address(text)) }
        return found
    }

    private static func address(_ text: String) throws(Malformed) -> IPAddress {
        guard let address = IPAddress(text) else { throw Malformed("an IP address is malformed") }
        return address
    }

    func texts(_ key: String) -> [String] { self[key]?.elements.compactMap(\.text) ?? [] }

    func items(_ key: String) -> [JSONValue] { self[key]?.elements ?? [] }

    func labels(_ key: String) throws(Malformed) -> Labels {
        let labels = self[key]?.textMap ?? [:]
        guard ObjectName.areLabels(labels) else { throw Malformed("\(key) has a label that Kubernetes does not allow") }
        return labels
    }

    /// A `LabelSelector`; nil where it is absent, empty (which matches everything) where it says `{}`.
    func labelSelector(_ key: String) throws(Malformed) -> LabelSelector? {
        guard let member = self[key] else { return nil }
        return try member.asLabelSelector()
    }

    func asLabelSelector() throws(Malformed) -> LabelSelector {
        guard case .object = self else { throw Malformed("a selector is no object") }
        var requirements: [LabelSelector.Requirement] = []
        for expression in items("matchExpressions") { requirements.append(try expression.asRequirement()) }
        return LabelSelector(matchLabels: try labels("matchLabels"), matchExpressions: requirements)
    }

    func asRequirement() throws(Malformed) -> LabelSelector.Requirement {
        let values = texts("values")
        guard let key = self["key"]?.text, ObjectName.isLabelKey(key),
            let operation = self["operator"]?.text.flatMap(LabelSelector.Operator.init),
            values.allSatisfy(ObjectName.isLabelValue)
        else { throw Malformed("a selector's expression is malformed") }
        let wantsValues = operation == .in || operation == .notIn
        guard wantsValues != values.isEmpty else { throw Malformed("a selector's expression has the wrong values") }
        return LabelSelector.Requirement(key: key, operator: operation, values: values)
    }
}
