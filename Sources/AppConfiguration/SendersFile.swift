package import Domain
import Yams

/// One that may send to the service, or ask it something.
package struct Sender: Sendable, Equatable {
    package let name: String
    /// SHA-256 of its bearer tokens, 32 bytes each: several while one is being exchanged.
    package let tokenHashes: [[UInt8]]
    /// Names in its client certificate, each a DNS name or a URI of the subject alternative names.
    package let certificateNames: [String]
    /// From here on its tokens are refused; nil for never.
    package let expires: Timestamp?
    /// Where its records come from; nil for the configuration's cluster.
    package let cluster: ClusterName?
    /// The sources it may send, as in the paths of requests.
    package let sources: Set<String>
    package let permissions: Set<Permission>
    /// Nil for no bound of its own.
    package let requestsPerSecond: Double?
    /// Of bodies, decompressed; nil for no bound of its own.
    package let bytesPerSecond: Double?

    /// What a sender may do beside sending.
    package enum Permission: String, Sendable, CaseIterable {
        /// Read `/metrics`.
        case metrics
        /// Read `/v1/status`.
        case status
        /// Start a learning run with `POST /v1/learn`.
        case learn
    }

    package init(
        name: String, tokenHashes: [[UInt8]] = [], certificateNames: [String] = [], expires: Timestamp? = nil,
        cluster: ClusterName? = nil, sources: Set<String> = [], permissions: Set<Permission> = [],
        requestsPerSecond: Double? = nil, bytesPerSecond: Double? = nil
    ) {
        self.name = name
        self.tokenHashes = tokenHashes
        self.certificateNames = certificateNames
        self.expires = expires
        self.cluster = cluster
        self.sources = sources
        self.permissions = permissions
        self.requestsPerSecond = requestsPerSecond
        self.bytesPerSecond = bytesPerSecond
    }
}

/// Reads the file that says who may send: a list of senders, strict about every key.
package enum SendersFile {
    private static let keys = [
        "name", "tokenSHA256", "certificateNames", "expires", "cluster", "sources", "may", "requestsPerSecond",
        "mebibytesPerSecond",
    ]
    /// More than any installation has; a bound against a file made to trap.
    private static let mostSenders = 10_000

    /// The senders; `file` is the file's name for messages.
    ///
    /// - Parameter sources: the sources that there are.
    package static func parse(_ text: String, file: String, sources: Set<String>) throws(ConfigurationError) -> [Sender]
    {
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            // The parser's message would quote the file.
            throw ConfigurationError(
                code: .notYAML, message: "\(file) is not one YAML document",
                hint: "check the indentation and the quotes")
        }
        guard let mapping = root?.mapping, mapping.count == 1, let list = mapping["senders"]?.sequence,
            list.count <= mostSenders
        else {
            throw ConfigurationError(
                code: .wrongType, message: "\(file) has to hold one key, senders, with a list",
                hint: "see docs/SERVING.md, or make an entry with `leastwise token`")
        }
        var senders: [Sender] = []
        for node in list { senders.append(try SenderReader(file: file, node: node, sources: sources).sender()) }
        try checkUnique(senders, file: file)
        return senders
    }

    /// One token, one sender: the first match must be the only one.
    private static func checkUnique(_ senders: [Sender], file: String) throws(ConfigurationError) {
        var names: Set<String> = []
        var credentials: Set<String> = []
        for sender in senders {
            let own = sender.tokenHashes.map { "token \($0)" } + sender.certificateNames.map { "certificate \($0)" }
            guard names.insert(sender.name).inserted, own.allSatisfy({ credentials.insert($0).inserted }) else {
                throw ConfigurationError(
                    code: .badValue,
                    message: "\(file): '\(sender.name)' has the name or a credential of another sender",
                    hint: "give each sender its own")
            }
        }
    }

    /// Reads one entry.
    private struct SenderReader {
        let file: String
        let node: Yams.Node
        let sources: Set<String>

        func sender() throws(ConfigurationError) -> Sender {
            let fields = try fields()
            guard let name = fields["name"]?.string, SendersFile.isName(name) else {
                throw bad("name", "is missing, or not of letters, digits, '.', '-' and '_'", "name each sender")
            }
            let sender = Sender(
                name: name, tokenHashes: try hashes(fields["tokenSHA256"]),
                certificateNames: try texts(fields["certificateNames"], "certificateNames"),
                expires: try time(fields["expires"]), cluster: fields["cluster"]?.string.map { ClusterName($0) },
                sources: try words("sources", fields["sources"], sources),
                permissions: Set(
                    try words("may", fields["may"], Set(Sender.Permission.allCases.map(\.rawValue)))
                        .compactMap { Sender.Permission(rawValue: $0) }),
                requestsPerSecond: try rate(fields["requestsPerSecond"], "requestsPerSecond"),
                bytesPerSecond: try rate(fields["mebibytesPerSecond"], "mebibytesPerSecond").map { $0 * 1_048_576 })
            guard !sender.tokenHashes.isEmpty || !sender.certificateNames.isEmpty else {
                throw bad(
                    "'\(name)'", "has no credential",
                    "give it tokenSHA256, as `leastwise token` prints it, or certificateNames")
            }
            return sender
        }

        private func fields() throws(ConfigurationError) -> [String: Yams.Node] {
            guard let mapping = node.mapping else {
                throw bad("a sender", "has to be a map of keys", "see docs/SERVING.md")
            }
            var fields: [String: Yams.Node] = [:]
            for (key, value) in mapping {
                let word = key.string ?? ""
                guard SendersFile.keys.contains(word) else {
                    let nearest = SendersFile.keys.min {
                        EditDistance.between($0, word) < EditDistance.between($1, word)
                    }
                    throw bad("the key '\(word)'", "is not known", "did you mean '\(nearest ?? "")'?")
                }
                if value.null == nil { fields[word] = value }
            }
            return fields
        }

        private func hashes(_ node: Yams.Node?) throws(ConfigurationError) -> [[UInt8]] {
            var hashes: [[UInt8]] = []
            for text in try texts(node, "tokenSHA256") {
                guard let hash = Hexadecimal.bytes(text), hash.count == 32 else {
                    throw bad("tokenSHA256", "is not 64 hexadecimal digits", "make it with `leastwise token`")
                }
                hashes.append(hash)
            }
            return hashes
        }

        private func texts(_ node: Yams.Node?, _ key: String) throws(ConfigurationError) -> [String] {
            guard let node else { return [] }
            let nodes = node.sequence.map(Array.init) ?? [node]
            let texts = nodes.compactMap(\.string)
            guard texts.count == nodes.count, texts.allSatisfy({ !$0.isEmpty }) else {
                throw bad(key, "has to be a text or a list of texts", "see docs/SERVING.md")
            }
            return texts
        }

        private func words(
            _ key: String, _ node: Yams.Node?, _ known: Set<String>
        ) throws(ConfigurationError) -> Set<String> {
            let words = Set(try texts(node, key))
            guard let unknown = words.subtracting(known).min() else { return words }
            throw bad(key, "cannot hold '\(unknown)'", "it takes \(known.sorted().joined(separator: ", "))")
        }

        private func time(_ node: Yams.Node?) throws(ConfigurationError) -> Timestamp? {
            guard let text = node?.string else { return nil }
            if let time = Timestamp(text) { return time }
            throw bad("expires", "is no time", "write it as 2027-01-31T00:00:00Z")
        }

        private func rate(_ node: Yams.Node?, _ key: String) throws(ConfigurationError) -> Double? {
            guard let node else { return nil }
            if let number = node.string.flatMap(Double.init), number > 0, number <= 1e9 { return number }
            throw bad(key, "has to be a number above 0", "leave it out for no bound")
        }

        private func bad(_ what: String, _ problem: String, _ hint: String) -> ConfigurationError {
            let line = node.mark.map { ":\($0.line)" } ?? ""
            return ConfigurationError(code: .badValue, message: "\(file)\(line): \(what) \(problem)", hint: hint)
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }
}

/// Bytes as pairs of hexadecimal digits.
package enum Hexadecimal {
    /// The bytes of an even number of digits; nil for anything else.
    package static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { digit -> UInt8? in
            switch digit {
            case 48...57: digit - 48
            case 65...70: digit - 55
            case 97...102: digit - 87
            default: nil
            }
        }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The lower-case digits of bytes.
    package static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
