package cluster

import (
	"bufio"
	"bytes"
	"encoding/binary"
	stdjson "encoding/json"
	"errors"
	"io"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
)

// item is one object of a list, as it was received. It is overwritten by the next one.
type item struct {
	data   []byte
	json   bool    // else protobuf
	pruned *[]byte // room for what is left of data, shared by all items of a list
}

// message is a type of k8s.io/api, or of k8s.io/apimachinery.
type message interface{ Unmarshal(data []byte) error }

// decode reads of the item at least what is in a shape; nil is everything. Nothing that is read holds on to the item.
func (i item) decode(into message, s *shape) (err error) {
	if i.json {
		return json.Unmarshal(i.data, into)
	}
	if s == nil {
		return into.Unmarshal(i.data)
	}
	if *i.pruned, err = s.prune((*i.pruned)[:0], i.data); err != nil {
		return err
	}
	return into.Unmarshal(*i.pruned)
}

// magic starts what the API server writes as protobuf: pkg/runtime/serializer/protobuf/protobuf.go of k8s.io/apimachinery.
const magic = "k8s\x00"

var errMalformed = errors.New("the answer is not a list of objects")

// readList reads an answer and calls each for every object in it, while it arrives. It returns what continues the list, empty on
// its last page.
func readList(answer io.Reader, each func(item) error) (string, error) {
	in := bufio.NewReaderSize(answer, 1<<16)
	if head, err := in.Peek(len(magic)); err != nil || string(head) != magic {
		return readJSONList(in, each)
	}
	if _, err := in.Discard(len(magic)); err != nil {
		return "", err
	}
	w := wire{in: in, each: each}
	if err := w.envelope(); err != nil {
		return "", err
	}
	return w.next, nil
}

// readJSONList is for what has no protobuf: custom resources, and some of what stands in front of API servers.
func readJSONList(in io.Reader, each func(item) error) (string, error) {
	var list struct {
		Kind     string               `json:"kind"`
		Metadata metav1.ListMeta      `json:"metadata"`
		Items    []stdjson.RawMessage `json:"items"`
	}
	d := stdjson.NewDecoder(in)
	if err := d.Decode(&list); err != nil {
		if _, noJSON := errors.AsType[*stdjson.SyntaxError](err); noJSON {
			return "", errMalformed
		}
		return "", err
	}
	if !strings.HasSuffix(list.Kind, "List") {
		return "", errMalformed
	}
	for _, data := range list.Items {
		if err := each(item{data: data, json: true}); err != nil {
			return "", err
		}
	}
	return list.Metadata.Continue, nil
}

// wire reads a list in protobuf. Its encoding: https://protobuf.dev/programming-guides/encoding.
type wire struct {
	in     *bufio.Reader
	each   func(item) error
	next   string
	data   bytes.Buffer // of an item
	pruned []byte       // what is left of it
}

// maxItem bounds an object, which etcd does to a tenth of it.
const maxItem = 16 << 20

// envelope reads a runtime.Unknown, whose second field is the list.
func (w *wire) envelope() error {
	const raw = 2
	found := false
	for {
		field, length, err := w.field(w.in)
		switch {
		case errors.Is(err, io.EOF) && found:
			return nil
		case err != nil:
			return unexpected(err)
		case field == raw && !found:
			found = true
			err = w.list(length)
		default:
			_, err = w.in.Discard(int(length))
		}
		if err != nil {
			return unexpected(err)
		}
	}
}

// list reads a list of a length: all kinds of lists have metadata as their first field and items as their second.
func (w *wire) list(length uint64) error {
	const metadata, items = 1, 2
	rest := &limited{w.in, length}
	for rest.left > 0 {
		field, length, err := w.field(rest)
		if err != nil {
			return err
		}
		if length > rest.left || length > maxItem {
			return errMalformed
		}
		rest.left -= length
		w.data.Reset()
		if _, err := io.CopyN(&w.data, w.in, int64(length)); err != nil {
			return err
		}
		switch field {
		case metadata:
			var meta metav1.ListMeta
			if err := meta.Unmarshal(w.data.Bytes()); err != nil {
				return err
			}
			w.next = meta.Continue
		case items:
			if err := w.each(item{data: w.data.Bytes(), pruned: &w.pruned}); err != nil {
				return err
			}
		}
	}
	return nil
}

// field reads the head of a field. Neither the envelope nor a list has fields that are anything but bytes.
func (w *wire) field(in io.ByteReader) (number, length uint64, err error) {
	const bytesType = 2
	tag, err := binary.ReadUvarint(in)
	if err != nil {
		return 0, 0, err
	}
	if tag&7 != bytesType {
		return 0, 0, errMalformed
	}
	length, err = binary.ReadUvarint(in)
	return tag >> 3, length, unexpected(err)
}

// unexpected makes the end of an answer an error.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// limited counts down what is read of a message.
type limited struct {
	in   io.ByteReader
	left uint64
}

// ReadByte is io.ByteReader's.
func (l *limited) ReadByte() (byte, error) {
	if l.left == 0 {
		return 0, errMalformed
	}
	l.left--
	return l.in.ReadByte()
}
