package retaint

// Manager is who looks after the taint.
type Manager struct {
	Known   bool   `json:"known"`   // whether Rancher does is known
	Rancher bool   `json:"rancher"` // a controller of Rancher adds the taint, and adds it again
	Why     string `json:"why"`
}

// View is an outlook as it is printed.
type View struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Target     string  `json:"target"` // what was read: "context prod"
	Manager    Manager `json:"managedBy"`
	*Outlook
}

// NewView is the view of an outlook.
func NewView(target string, o *Outlook, m Manager) *View {
	return &View{APIVersion: "winready.dev/v1alpha1", Kind: "TaintReport", Target: target, Manager: m, Outlook: o}
}
