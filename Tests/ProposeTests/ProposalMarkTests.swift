import Testing

@testable import Proposals

/// What commits and bodies carry for later runs, whatever a template makes of them.
@Suite struct ProposalMarkTests {
    private static let mark = ProposalMarker.Mark(scopeKey: "shop", fingerprint: .init(rawValue: "a1-b2"))

    @Test(
        arguments: [
            ("Subject", "Subject\n\nLeastwise-Fingerprint: a1-b2\n"),
            ("Subject\n\n\n", "Subject\n\nLeastwise-Fingerprint: a1-b2\n"),
            ("Fix: it", "Fix: it\n\nLeastwise-Fingerprint: a1-b2\n"),
            ("Subject\n\nText", "Subject\n\nText\n\nLeastwise-Fingerprint: a1-b2\n"),
            ("Subject\n\nTicket: 7\n", "Subject\n\nTicket: 7\nLeastwise-Fingerprint: a1-b2\n"),
            ("Subject\n\nLeastwise-Fingerprint: a1-b2\n", "Subject\n\nLeastwise-Fingerprint: a1-b2\n"),
            (
                "Subject\n\nLeastwise-Fingerprint: old\n",
                "Subject\n\nLeastwise-Fingerprint: old\nLeastwise-Fingerprint: a1-b2\n"
            ),
        ])
    func `a commit's message always carries the fingerprint`(message: String, marked: String) {
        let text = ProposalMarker.marking(commit: message, Self.mark)
        #expect(text == marked)
        #expect(ProposalMarker.fingerprint(inCommit: text) == Self.mark.fingerprint)
    }

    @Test(arguments: ["", "Text", "<!-- leastwise scope=other fingerprint=c3 -->\nText", "Text\n<!-- leastwise -->"])
    func `a body always carries the fingerprint at its top`(body: String) {
        let text = ProposalMarker.marking(body: body, Self.mark)
        #expect(text == "<!-- leastwise scope=shop fingerprint=a1-b2 -->\n\(body)")
        #expect(ProposalMarker.fingerprint(inBody: text) == Self.mark.fingerprint)
        #expect(ProposalMarker.marking(body: text, Self.mark) == text)
    }

    @Test(
        arguments: [
            ("a1-b2", "a1-b2", true), ("a1-b2", "a1-c3", true), ("a1-b2", "d4-b2", false), ("a1", "a1", true),
            ("a1", "a12", false),
        ])
    func `what people closed is known by its content, not by how it lies in the base`(
        closed: String, wanted: String, isRejected: Bool
    ) {
        let wanted = ContentFingerprint(rawValue: wanted)
        let state = ProposalState(
            wanted: wanted, branch: .absent,
            pullRequests: .init(open: nil, openFingerprint: nil, rejected: [.init(rawValue: closed)]))
        #expect(decide(state) == (isRejected ? .nothing(.rejectedByPeople) : .push(thenUpdate: nil)))
    }
}
