/// What a pod's name tells of the workload that made it.
package enum PodName {
    /// The name of the pod's owner, as far as it shows: the pod's name without what controllers put behind it.
    ///
    /// - `web-7d9c8b6f5-x7k2p` of a Deployment: the ReplicaSet's hash, and five random characters
    ///   (k8s.io/apiserver, storage/names; k8s.io/apimachinery, util/rand: `SafeEncodeString`).
    /// - `agent-x7k2p` of a DaemonSet or Job: five random characters. `web-https` looks the same and is cut too, but
    ///   only a pod without a controller is ever called so.
    /// - `report-29384610-x7k2p` of a CronJob: the scheduled minute (batch/v1 controllers, `getJobName`).
    /// - `db-0` of a StatefulSet: the ordinal.
    ///
    /// A generated name ends at 63 characters; there the random ones follow a beginning that was cut, without a dash.
    /// A name without such an end is returned as it is.
    package static func ownerStem(_ name: String) -> String {
        let bytes = Array(name.utf8)
        let stem = stem(bytes[...])
        return stem.isEmpty ? name : String(decoding: stem, as: UTF8.self)
    }

    private static func stem(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if let (owner, end) = split(name) {
            if isOrdinal(end), !isRandom(end) { return owner }
            if isRandom(end) {
                guard let (workload, middle) = split(owner), isTemplateHash(middle) else { return owner }
                return workload
            }
        }
        return name.count == longestGenerated && isRandom(name.suffix(5)) ? cut(name.dropLast(5)) : name
    }

    private static let longestGenerated = 63

    /// The beginning of a generated name that was too long: it may end within the hash, or before it.
    private static func cut(_ base: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let (owner, end) = split(base), end.count < 11, end.allSatisfy(isHex), end.contains(where: isDigit) else {
            return base
        }
        return owner
    }

    /// What stands before the last dash and behind it; nil if either is empty.
    private static func split(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let dash = text.lastIndex(of: UInt8(ascii: "-")), dash > text.startIndex, dash + 1 < text.endIndex else {
            return nil
        }
        return (text[..<dash], text[(dash + 1)...])
    }

    private static func isRandom(_ text: ArraySlice<UInt8>) -> Bool { text.count == 5 && text.allSatisfy(isSafe) }

    /// A hash of 32 bits in decimal digits, plain or in the alphabet of `SafeEncodeString`; or a CronJob's minute.
    private static func isTemplateHash(_ text: ArraySlice<UInt8>) -> Bool {
        guard (8...10).contains(text.count), let digit = text.firstIndex(where: isDigit) else { return false }
        if text.allSatisfy(isHex) { return true }
        // A digit before a letter: words with a number have it behind.
        return text.allSatisfy(isSafe) && text[digit...].contains { !isDigit($0) }
    }

    private static func isOrdinal(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= 5 && text.allSatisfy(isDigit) && (text.count == 1 || text.first != UInt8(ascii: "0"))
    }

    /// The characters of `rand.String`.
    private static let safe = Set("bcdfghjklmnpqrstvwxz2456789".utf8)

    private static func isSafe(_ byte: UInt8) -> Bool { safe.contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte) }
}
