/// What the names of generated owners and pods tell about the owner behind them.
///
/// Only for owners that are gone from the cluster: where an ownerReference exists, it is the truth.
package enum OwnerName {
    /// The Deployment's name within a ReplicaSet's (`web-7d9c8b6f5` is `web`); nil if the end is no pod template hash.
    ///
    /// - Parameter hash: the label `pod-template-hash` where it is known; otherwise the end has to look like one.
    package static func deployment(ofReplicaSet name: String, hash: String? = nil) -> String? {
        guard let (stem, end) = split(name) else { return nil }
        if let hash, !hash.isEmpty { return end == hash ? stem : nil }
        return isTemplateHash(end) ? stem : nil
    }

    /// The CronJob's name within a Job's: the controller appends the scheduled time in minutes (seconds before 1.21).
    package static func cronJob(ofJob name: String) -> String? {
        guard let (stem, end) = split(name), (8...10).contains(end.utf8.count), end.utf8.allSatisfy(isDigit) else {
            return nil
        }
        return stem
    }

    /// The owners that may have named a pod so, nearest first; most of them will not exist.
    package static func owners(ofPod name: String) -> [(kind: String, name: String)] {
        guard let (stem, end) = split(name) else { return [] }
        var found: [(kind: String, name: String)] = []
        if end.utf8.count <= 6, end.utf8.allSatisfy(isDigit) { found.append(("StatefulSet", stem)) }
        guard end.utf8.count == 5, end.utf8.allSatisfy(isSafe) else { return found }
        found += [("DaemonSet", stem), ("ReplicaSet", stem), ("ReplicationController", stem), ("Job", stem)]
        if let deployment = deployment(ofReplicaSet: stem) { found.append(("Deployment", deployment)) }
        if let cronJob = cronJob(ofJob: stem) { found.append(("CronJob", cronJob)) }
        return found
    }

    private static func split(_ name: String) -> (String, String)? {
        guard let dash = name.lastIndex(of: "-"), dash != name.startIndex else { return nil }
        let end = name[name.index(after: dash)...]
        return end.isEmpty ? nil : (String(name[..<dash]), String(end))
    }

    /// True for what `rand.SafeEncodeString` makes (up to 10 characters without vowels and 0, 1, 3), and for other
    /// alphanumeric ends of 8 to 10 characters with a digit.
    private static func isTemplateHash(_ end: String) -> Bool {
        guard end.utf8.count <= 10 else { return false }
        if end.utf8.allSatisfy(isSafe) { return true }
        return end.utf8.count >= 8 && end.utf8.contains(where: isDigit)
            && end.utf8.allSatisfy { isDigit($0) || (97...122).contains($0) }
    }

    private static let safeCharacters = Set("bcdfghjklmnpqrstvwxz2456789".utf8)

    private static func isSafe(_ byte: UInt8) -> Bool { safeCharacters.contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
