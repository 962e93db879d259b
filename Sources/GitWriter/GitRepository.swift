import Dispatch
import HTTPTransport
import Synchronization

/// A remote repository and its cache on disk: reads, commits and pushes without a work tree.
///
/// Every method blocks, on disk or network, and calls follow one another: call from a thread of your own, or through
/// `perform`. The cache is locked against other processes, and other values of this type, until this value goes.
package final class GitRepository: Sendable {
    /// Where the repository is.
    package let location: RepositoryLocation
    let address: RemoteAddress
    let client: HTTPClient
    private let cache: Mutex<Cache>
    private let queue = DispatchQueue(label: "leastwise.git")

    /// Opens the cache; the remote repository is not contacted yet.
    ///
    /// Throws `locked` at once when the cache is in use.
    package init(_ location: RepositoryLocation) throws(GitError) {
        self.location = location
        address = try RemoteAddress(location.url)
        client = HTTPClient(policy: location.policy)
        cache = Mutex(try Cache(CacheFolder(for: address, in: location.cacheDirectory)))
    }

    /// Runs blocking work on this repository's own queue.
    package func perform<Value: Sendable>(
        _ work: @escaping @Sendable (GitRepository) throws(GitError) -> Value
    ) async throws(GitError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, GitError>, Never>) in
            queue.async {
                continuation.resume(returning: Result { () throws(GitError) in try work(self) })
            }
        }
        return try result.get()
    }

    /// Lends the cache to one caller at a time; notes damage, so that the next fetch mends it.
    func withCache<Value: Sendable>(
        _ body: (inout Cache) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        try cache.withLock { (cache) throws(GitError) -> Value in
            do throws(GitError) {
                return try body(&cache)
            } catch {
                if error.code == .corruptCache { cache.folder.markDamaged() }
                throw error.redacted(location.credentials.redaction)
            }
        }
    }
}
