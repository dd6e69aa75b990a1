package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// streamJSON reads JSON documents one after the other, and the items of a List one by one.
func streamJSON(in *bufio.Reader, each func(Item) error) error {
	j := jsonStream{lines: &lineCounter{r: in}, each: each}
	j.dec = json.NewDecoder(j.lines)
	for {
		err := j.document()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case j.broken(err):
			// What follows cannot be told apart from what is broken.
			return each(Item{Line: j.line(), Err: fmt.Errorf("parsing JSON: line %d: %w", j.line(), err)})
		case err != nil:
			return err
		}
	}
}

type jsonStream struct {
	dec   *json.Decoder
	lines *lineCounter
	each  func(Item) error
}

// line is the line that the decoder has come to.
func (j *jsonStream) line() int { return j.lines.at(j.dec.InputOffset()) }

// broken tells an error of the JSON from one of the reader or of the caller.
func (*jsonStream) broken(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errNoObject) || errors.Is(err, errNoList)
}

var (
	errNoObject = errors.New("want an object")
	errNoList   = errors.New("items: want a list")
)

// document reads one value. When it is a List its items are passed on as they come; what else it has is not looked at.
func (j *jsonStream) document() error {
	open, err := j.dec.Token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return errNoObject
	}
	start := j.line()
	var fields []field
	for j.dec.More() {
		key, err := j.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		if key == "items" {
			if err := j.items(); err != nil {
				return err
			}
			return j.rest()
		}
		f := field{line: j.line() - start}
		if f.name, err = json.Marshal(key); err != nil {
			return err
		}
		if err := j.dec.Decode(&f.value); err != nil {
			return unexpected(err)
		}
		fields = append(fields, f)
	}
	if _, err := j.dec.Token(); err != nil {
		return unexpected(err)
	}
	return emit(assembled(fields), start, j.each)
}

// field is one field of an object.
type field struct {
	line        int // of its name, counted from the line on which the object starts
	name, value json.RawMessage
}

// items passes the items of a List on.
func (j *jsonStream) items() error {
	open, err := j.dec.Token()
	if err != nil {
		return unexpected(err)
	}
	if open == nil {
		return nil
	}
	if open != json.Delim('[') {
		return errNoList
	}
	for j.dec.More() {
		var item json.RawMessage
		if err := j.dec.Decode(&item); err != nil {
			return unexpected(err)
		}
		first := j.line() - bytes.Count(item, []byte("\n"))
		if err := emit(string(item), first, j.each); err != nil {
			return err
		}
	}
	_, err = j.dec.Token()
	return unexpected(err)
}

// rest skips what follows the items of a List.
func (j *jsonStream) rest() error {
	for j.dec.More() {
		if _, err := j.dec.Token(); err != nil {
			return unexpected(err)
		}
		var value json.RawMessage
		if err := j.dec.Decode(&value); err != nil {
			return unexpected(err)
		}
	}
	_, err := j.dec.Token()
	return unexpected(err)
}

// unexpected is the end of the text where it must not end.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// assembled puts an object together again, its fields on the lines on which they were.
func assembled(fields []field) string {
	var b bytes.Buffer
	b.WriteByte('{')
	line := 0
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		for ; line < f.line; line++ {
			b.WriteByte('\n')
		}
		b.Write(f.name)
		b.WriteString(": ")
		b.Write(f.value)
		line += bytes.Count(f.value, []byte("\n"))
	}
	b.WriteByte('}')
	return b.String()
}

// lineCounter notes where lines end in what was read through it.
type lineCounter struct {
	r    io.Reader
	read int64
	ends []int64 // offsets behind the line ends; those that were passed are folded into line
	line int
}

func (l *lineCounter) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.ends = append(l.ends, l.read+int64(i)+1)
		}
	}
	l.read += int64(n)
	return n, err
}

// at is the line of an offset, which must not become less from call to call.
func (l *lineCounter) at(offset int64) int {
	passed := 0
	for passed < len(l.ends) && l.ends[passed] <= offset {
		passed++
	}
	l.line += passed
	l.ends = append(l.ends[:0], l.ends[passed:]...)
	return l.line + 1
}
