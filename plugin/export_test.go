package plugin

// What the tests of the command tree look at.
var (
	NewRoot      = newRootCmd
	ProgramName  = programName
	FlagSections = flagSections
	WriteFiles   = writeFiles
	WriteFork    = writeFork
	Toleration   = toleration
	SectionKey   = sectionKey
)

// Files is a list of one file for WriteFiles.
func Files(path, data string) []file { return []file{{path: path, data: []byte(data)}} }

// WordOn is a word as it has to be typed on an operating system.
func WordOn(system, word string) string { return wordOn(system, word) }
