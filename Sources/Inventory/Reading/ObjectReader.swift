package import Domain

/// Reads what `kubectl get ... -A -o json` prints: a List, typed lists (`PodList`), single objects, several documents.
///
/// Only the fields that learning needs are kept (`ObjectKind`). A malformed item costs that item and is reported; a
/// document that breaks off still yields the items before the break.
package struct ObjectReader {
    /// What a file held.
    package struct Output: Sendable {
        /// In the order of the file; an object that stands there twice is here twice.
        package var objects: [ClusterObject] = []
        /// How many objects of kinds that nobody needs were passed over, by group and kind.
        package var skipped: [String: Int] = [:]
        /// Excerpts name the object and never quote it: it may be a Secret.
        package var diagnostics: [Diagnostic] = []
    }

    private let cluster: ClusterName
    private let file: String
    private let bytes: [UInt8]
    private var lines: LineCounter
    private var output = Output()

    /// Reads a file's contents.
    ///
    /// - Parameter file: the name for diagnostics, `-` for standard input.
    package static func read(_ bytes: [UInt8], cluster: ClusterName, file: String) -> Output {
        var reader = ObjectReader(cluster: cluster, file: file, bytes: bytes)
        reader.readDocuments()
        return reader.output
    }

    private init(cluster: ClusterName, file: String, bytes: [UInt8]) {
        self.cluster = cluster
        self.file = file
        self.bytes = bytes
        lines = LineCounter(bytes)
    }

    private mutating func readDocuments() {
        var scanner = JSONScanner(bytes)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { scanner.position = 3 }
        while let first = scanner.peek() {
            let start = scanner.position
            switch first {
            case UInt8(ascii: "{"):
                scanner.position = readDocument(at: start)
            case UInt8(ascii: "["):
                scanner.position = readElements(in: start..<bytes.count)
            default:
                report(.notJSON, line: lines.line(at: start))
                scanner.position = lines.nextOpeningLine(after: start)
            }
        }
    }

    /// Reads a list or an object and returns where it ends.
    private mutating func readDocument(at start: Int) -> Int {
        var scanner = JSONScanner(bytes, in: start..<bytes.count)
        var envelope = Envelope()
        do throws(JSONFailure) {
            try envelope.read(from: &scanner)
            guard envelope.isList, let items = envelope.items else {
                readObject(in: start..<scanner.position, line: lines.line(at: start), inherited: nil)
                return scanner.position
            }
            _ = readElements(in: items, inherited: envelope.itemKind)
            return scanner.position
        } catch {
            report(error.kind, line: lines.line(at: start))
            if let opened = envelope.itemsStart {
                _ = readElements(in: envelope.items ?? opened..<bytes.count, inherited: envelope.itemKind)
            }
            return endOfValue(at: start)
        }
    }

    private func endOfValue(at start: Int) -> Int {
        var scanner = JSONScanner(bytes, in: start..<bytes.count)
        return (try? scanner.skipValue())?.upperBound ?? bytes.count
    }

    /// Reads the elements of an array and returns where it ends: behind the range if it does not.
    private mutating func readElements(in range: Range<Int>, inherited: ItemKind? = nil) -> Int {
        var scanner = JSONScanner(bytes, in: range)
        if scanner.peek() == UInt8(ascii: "n") { return range.upperBound }
        var index = 0
        do throws(JSONFailure) {
            // Collected first: reading them changes this value, which the walk may not see.
            var elements: [Range<Int>] = []
            defer {
                for element in elements {
                    index += 1
                    readObject(in: element, line: index, inherited: inherited)
                }
            }
            try scanner.forEachElement { (scanner) throws(JSONFailure) in
                elements.append(try scanner.skipValue())
            }
            return scanner.position
        } catch {
            report(error.kind, line: index + 1)
            return range.upperBound
        }
    }

    private mutating func readObject(in range: Range<Int>, line: Int, inherited: ItemKind?) {
        var name = ""
        do throws(ObjectFailure) {
            let identity = try ObjectIdentity(bytes, in: range, inherited: inherited)
            name = identity.description
            guard let kind = try identity.neededKind(bytes, in: range) else {
                output.skipped[identity.kind, default: 0] += 1
                return
            }
            output.objects.append(try identity.object(cluster: cluster, kind: kind, bytes: bytes, in: range))
        } catch {
            report(error.kind, line: line, excerpt: name)
        }
    }

    private mutating func report(_ kind: Diagnostic.Kind, line: Int, excerpt: String = "") {
        output.diagnostics.append(Diagnostic(kind: kind, file: file, line: line, excerpt: excerpt))
    }
}
