import CommandLineTool

@main
struct Entry {
    static func main() async {
        await CommandRunner.run()
    }
}
