import Rendering
import Testing

@Suite struct TextTableTests {
    @Test func `aligns columns and leaves no blanks at the ends`() {
        var table = TextTable(["NAME", "COUNT", "NOTE"], rightAligned: [1])
        #expect(table.isEmpty)
        table.add(["web", "7", "x"])
        table.add(["a-longer-name", "12345", ""])
        table.add(["short"])
        table.add(["one", "2", "3", "too many"])
        #expect(
            table.text == """
                NAME           COUNT  NOTE
                web                7  x
                a-longer-name  12345
                short
                one                2  3

                """)
        #expect(!table.isEmpty)
    }

    @Test func `keeps a hostile cell in its line`() {
        var table = TextTable(["A", "B"])
        table.add(["x\ny\r\u{1b}[2J", "é\u{202e}"])
        #expect(table.text.split(separator: "\n").count == 2)
        #expect(table.text == "A                      B\nx\\u{a}y\\u{d}\\u{1b}[2J  é\\u{202e}\n")
    }
}
