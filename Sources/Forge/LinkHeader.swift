/// Reads the `Link` header's next page (RFC 8288).
enum LinkHeader {
    /// The query of the target with `rel="next"`; nil on the last page.
    ///
    /// Only the query is taken: a header must not lead to another host or path, and a forge behind a proxy names
    /// addresses that are not reachable from here.
    static func nextQuery(_ header: String) -> String? {
        var rest = header[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let target = rest[rest.index(after: open)..<close]
            let next = rest[close...].firstIndex(of: "<") ?? rest.endIndex
            let parameters = rest[rest.index(after: close)..<next]
            if isNext(parameters), let mark = target.firstIndex(of: "?") {
                return String(target[target.index(after: mark)...])
            }
            rest = rest[next...]
        }
        return nil
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split { $0 == ";" || $0 == "," }.contains { parameter in
            let text = parameter.filter { $0 != " " && $0 != "\"" }
            return text == "rel=next"
        }
    }
}
