/// One input record that could not be used, and why. Counted and shown; never stops a run.
package struct Diagnostic: Hashable, Sendable {
    package let kind: Kind
    /// The file's name, or `-` for standard input.
    package let file: String
    /// The line in the (decompressed) file, from 1; the index of the element, from 1, in a JSON array.
    package let line: Int
    /// The first bytes of the record with control characters escaped: at most 80 characters.
    package let excerpt: String

    package init(kind: Kind, file: String, line: Int, excerpt: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.excerpt = excerpt
    }

    /// Why a record was rejected.
    package struct Kind: RawRepresentable, Hashable, Comparable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        package static let notJSON = Kind(rawValue: "not JSON")
        package static let wrongType = Kind(rawValue: "a field of the wrong type")
        package static let missingTime = Kind(rawValue: "no time")
        package static let missingField = Kind(rawValue: "a required field is missing")
        package static let notThisSource = Kind(rawValue: "not a record of this source")
        package static let tooLong = Kind(rawValue: "record too long")
        package static let notText = Kind(rawValue: "not UTF-8")
    }
}

/// Why a well-formed record made no observation.
package struct IgnoreReason: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package static let verdict = IgnoreReason(rawValue: "dropped, denied or failed traffic")
    package static let notAFlow = IgnoreReason(rawValue: "not a flow (lost events, node status, agent event)")
    package static let applicationLayer = IgnoreReason(rawValue: "application-layer record that shows no connection")
    package static let noAddress = IgnoreReason(rawValue: "neither an address nor a pod on one side")
    package static let noTransport = IgnoreReason(rawValue: "no protocol that a policy can name")
    package static let icmpReply = IgnoreReason(rawValue: "ICMP answer or error")
    package static let requestReceived = IgnoreReason(rawValue: "stage RequestReceived (no decision yet)")
    package static let unauthenticated = IgnoreReason(rawValue: "unauthenticated request")
    package static let rateLimited = IgnoreReason(rawValue: "refused before authorization (API priority and fairness)")
    package static let noVerb = IgnoreReason(rawValue: "no verb (method OPTIONS)")
    package static let undecided = IgnoreReason(rawValue: "no authorization decision")
    package static let refusedImpersonation = IgnoreReason(rawValue: "refused impersonation")
}
