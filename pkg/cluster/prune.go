package cluster

import (
	"encoding/binary"
	"slices"
	"strings"
)

// shape says which fields of a message in protobuf are looked at. Fields that nobody looks at are dropped before the message is
// decoded: half of a pod is managedFields, and decoding is what reading a cluster costs here. The zero value drops everything.
type shape struct {
	// keep are the fields that are kept, by number, and of those that are messages the shape; nil for the whole field.
	keep map[uint64]*shape
	// others keeps the fields that are not in keep, too; those that are in drop are not.
	others bool
	drop   []uint64
	// keys, of an entry of a map, are those for which it is kept; nil for every key.
	keys []string
	// prefixes are beginnings of such keys.
	prefixes []string
}

// padded is how many bytes the length of a message takes that was written before the message: two more than most need, and more than
// enough for any object. The encoding allows it.
const padded = 4

// prune appends what a shape keeps of a message.
func (s *shape) prune(to, message []byte) ([]byte, error) {
	for len(message) > 0 {
		head, value, rest, err := cut(message)
		if err != nil {
			return nil, err
		}
		number := head.number
		inner, kept := s.keep[number]
		switch {
		case !kept && (!s.others || slices.Contains(s.drop, number)):
		case inner == nil || head.kind != lengthDelimited:
			to = append(to, message[:len(message)-len(rest)]...)
		case inner.keys != nil, inner.prefixes != nil:
			if inner.wants(value) {
				to = append(to, message[:len(message)-len(rest)]...)
			}
		default:
			to = binary.AppendUvarint(to, number<<3|lengthDelimited)
			start := len(to)
			if to, err = inner.prune(append(to, make([]byte, padded)...), value); err != nil {
				return nil, err
			}
			pad(to[start:start+padded], len(to)-start-padded)
		}
		message = rest
	}
	return to, nil
}

// pad writes a length over all the bytes it is given.
func pad(into []byte, length int) {
	for i := range into {
		into[i] = byte(length)&0x7f | 0x80
		length >>= 7
	}
	into[len(into)-1] &= 0x7f
}

// wants tells whether the entry of a map, whose first field is the key, is kept.
func (s *shape) wants(entry []byte) bool {
	head, key, _, err := cut(entry)
	begins := func(prefix string) bool { return strings.HasPrefix(string(key), prefix) }
	return err == nil && head.number == 1 && (slices.Contains(s.keys, string(key)) || slices.ContainsFunc(s.prefixes, begins))
}

// The kinds of fields: https://protobuf.dev/programming-guides/encoding.
const (
	varint          = 0
	fixed64         = 1
	lengthDelimited = 2
	fixed32         = 5
)

// fieldHead is what comes before the value of a field.
type fieldHead struct{ number, kind uint64 }

// cut takes the first field of a message off. The value is only that of a field with a length.
func cut(message []byte) (head fieldHead, value, rest []byte, err error) {
	tag, n := binary.Uvarint(message)
	if n <= 0 {
		return head, nil, nil, errMalformed
	}
	head, rest = fieldHead{tag >> 3, tag & 7}, message[n:]
	var length uint64
	switch head.kind {
	case varint:
		_, n := binary.Uvarint(rest)
		if n <= 0 {
			return head, nil, nil, errMalformed
		}
		length = uint64(n)
	case fixed64:
		length = 8
	case fixed32:
		length = 4
	case lengthDelimited:
		var n int
		if length, n = binary.Uvarint(rest); n <= 0 {
			return head, nil, nil, errMalformed
		}
		rest = rest[n:]
	default:
		return head, nil, nil, errMalformed
	}
	if length > uint64(len(rest)) {
		return head, nil, nil, errMalformed
	}
	return head, rest[:length], rest[length:], nil
}
