package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/winready/kubectl-winready/pkg/printer"
)

// readable is the contrast of text that WCAG 2.2 asks for at level AA: https://www.w3.org/TR/WCAG22/#contrast-minimum.
const readable = 4.5

// poorest finds the text with the least contrast. What is behind a text is the first background around it that is not transparent.
const poorest = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
	const rgba = (color) => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = rgba(getComputedStyle(e).backgroundColor);
			if (c[3] === 255) return c;
			if (c[3] !== 0) return [NaN, NaN, NaN];
		}
		return [255, 255, 255];
	};
	let worst = {ratio: 99, text: "", texts: 0};
	for (const e of document.querySelectorAll("body *")) {
		const text = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join("");
		if (!text || !e.checkVisibility() || getComputedStyle(e).fontSize === "0px" || ["SCRIPT", "OPTION"].includes(e.tagName)) continue;
		const pair = [luminance(rgba(getComputedStyle(e).color)), luminance(behind(e))].sort((a, b) => b - a);
		const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
		worst.texts++;
		if (!(ratio >= worst.ratio)) worst = {ratio, text: e.tagName + "." + e.className + ": " + text.slice(0, 40), texts: worst.texts};
	}
	return worst;
})()`

// contrast is the least that a text has, and of how many texts.
type contrast struct {
	Ratio float64
	Text  string
	Texts int
}

// contrast is that of the page in a colour scheme.
func (w *tab) contrast(scheme string) contrast {
	w.Helper()
	w.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
	return eval[contrast](w, poorest)
}

func TestContrast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"audit": estate(1), "clean": {ShowPassed: true}} {
		w := open(t, c)
		background := map[string]string{}
		for _, scheme := range []string{"light", "dark"} {
			got := w.contrast(scheme)
			t.Logf("%s, %s: the least contrast of %d texts is %.2f, of %s", name, scheme, got.Texts, got.Ratio, got.Text)
			if !(got.Ratio >= readable) {
				t.Errorf("%s, %s: a contrast of %.2f, want %.1f, of %s", name, scheme, got.Ratio, readable, got.Text)
			}
			background[scheme] = eval[string](w, `getComputedStyle(document.body).backgroundColor`)
		}
		if background["light"] == background["dark"] {
			t.Errorf("%s: light and dark are both %s", name, background["light"])
		}
	}
}
