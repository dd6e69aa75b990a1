package answers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/answers"
)

func known() answers.Known {
	ids := map[string]string{"WR671": "WR671", "vmxnet3-offload": "WR671", "WR672": "WR672"}
	return answers.Known{Today: "2026-11-23", ID: func(name string) (string, bool) { id, ok := ids[name]; return id, ok }}
}

const head = "apiVersion: winready.dev/v1alpha1\nkind: Answers\n"

func TestRead(t *testing.T) {
	t.Parallel()
	got, err := answers.Read([]byte(head+`answers:
- rule: vmxnet3-offload
  node: linux-1
  result: pass
  by: Jane Doe
  date: 2026-11-20
  note: "ethtool -k ens192: off"
- {rule: WR672, result: not-applicable, by: J, date: 2026-11-23}
- {rule: WR671, result: "", by: "", date: ""}
- {rule: WR671, result: }
`), "answers.yaml", known())
	want := []answers.Answer{
		{Rule: "WR671", Node: "linux-1", Result: answers.Pass, By: "Jane Doe", Date: "2026-11-20", Note: "ethtool -k ens192: off", Line: 4},
		{Rule: "WR672", Result: answers.NotApplicable, By: "J", Date: "2026-11-23", Line: 10},
	}
	if diff := cmp.Diff(got, want); diff != "" || err != nil {
		t.Errorf("%v, got -, want +:\n%s", err, diff)
	}
	if diff := cmp.Diff(got[0].String(), "pass by Jane Doe on 2026-11-20: ethtool -k ens192: off"); diff != "" {
		t.Error(diff)
	}
}

// TestReadTellsWhatIsWrong: all of it at once, with the line.
func TestReadTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"empty":         {"", "a.yaml:1: the file is empty, want kind: Answers"},
		"no YAML":       {"a: [", "a.yaml: line 1: did not find expected node content"},
		"another thing": {"[]", "a.yaml:1: the file: want a map with apiVersion, kind, answers"},
		"another kind": {
			"apiVersion: v1\nkind: List\nitems: []\n",
			"a.yaml:1: apiVersion: got \"v1\", want winready.dev/v1alpha1\na.yaml:2: kind: got \"List\", want Answers\n" +
				"a.yaml:3: the file: unknown field \"items\", want apiVersion, kind, answers\na.yaml:1: answers: want a list",
		},
		"fields": {
			head + "answers:\n- rule: WR999\n  result: passed\n  when: now\n  date: 23.11.2026\n- {rule: WR671, result: pass, by: J, date: 2026-11-24}\n- text\n",
			"a.yaml:6: answers[0]: unknown field \"when\", want rule, node, result, by, date, note\n" +
				"a.yaml:4: answers[0].rule: there is no rule \"WR999\"\n" +
				"a.yaml:5: answers[0].result: got \"passed\", want pass, fail or not-applicable\n" +
				"a.yaml:4: answers[0].by: want the name of who looked\n" +
				"a.yaml:7: answers[0].date: got \"23.11.2026\", want YYYY-MM-DD\n" +
				"a.yaml:8: answers[1].date: 2026-11-24 is after today, 2026-11-23\n" +
				"a.yaml:9: answers[2]: want a map with rule, node, result, by, date, note",
		},
		"twice": {
			head + "answers:\n- {rule: WR671, result: pass, by: J, by: K, date: 2026-11-01}\n- {rule: WR672, result: pass, by: J, date: 2026-11-01}\n" +
				"- {rule: WR672, result: fail, by: J, date: 2026-11-01}\n- {rule: [], result: pass, by: J, date: 2026-11-01}\n",
			"a.yaml:4: answers[0]: the field by is there twice\na.yaml:6: answers[2]: line 5 has an answer to WR672 about the same already\n" +
				"a.yaml:7: answers[3].rule: want text\na.yaml:7: answers[3].rule: there is no rule \"\"",
		},
	} {
		_, err := answers.Read([]byte(tc.text), "a.yaml", known())
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if diff := cmp.Diff(err.Error(), tc.want); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
	}
}

// TestTemplateIsReadBack: unanswered it says nothing, answered what was answered, whatever is in a note.
func TestTemplateIsReadBack(t *testing.T) {
	t.Parallel()
	given := answers.Answer{Rule: "WR671", Node: "yes", Result: answers.Fail, By: "- J: #1", Date: "2026-11-20", Note: "a\nb: \"c\""}
	data := answers.Template([]answers.Question{
		{Rule: "WR672", Text: "look\nthere"},
		{Rule: "WR671", Node: "yes", Text: "offload", Given: &given},
	})
	got, err := answers.Read(data, "a.yaml", known())
	given.Line = 12
	if diff := cmp.Diff(got, []answers.Answer{given}); diff != "" || err != nil {
		t.Errorf("%v, got -, want +:\n%s\n%s", err, diff, data)
	}
	if got, err := answers.Read(answers.Template(nil), "a.yaml", known()); len(got) != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
