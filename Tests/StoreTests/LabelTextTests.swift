import Domain
import Testing

@testable import Store

struct LabelTextTests {
    @Test(
        arguments: [
            ([:], "{}"), (["app": "web"], #"{"app":"web"}"#), (["b": "2", "a": "1"], #"{"a":"1","b":"2"}"#),
            (["empty": ""], #"{"empty":""}"#), (["a,b": "c:d{}"], #"{"a,b":"c:d{}"}"#),
            (["q\"": "b\\s"], #"{"q\"":"b\\s"}"#), (["n": "\0\n"], #"{"n":"\u0000\u000a"}"#),
            (["ü": "🦔"], #"{"ü":"🦔"}"#),
        ] as [(Labels, String)])
    func `writes equal labels as equal text, and reads it back`(labels: Labels, text: String) {
        #expect(LabelText.encode(labels) == text)
        #expect(LabelText.decode(text) == labels)
    }

    @Test(arguments: ["", "[]", "{", #"{"a"}"#, #"{"a":"b""#, #"["a":"b"]"#, #"{"a\":1}"#])
    func `reads nothing else`(text: String) {
        #expect(LabelText.decode(text) == nil)
    }
}
