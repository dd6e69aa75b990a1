package windowspod

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// volumeFields are those of the volumes.
func volumeFields(volumes []corev1.Volume) []Field {
	var fields []Field
	for i, v := range volumes {
		at := object.Path{"volumes", i}
		switch {
		case v.EmptyDir != nil && v.EmptyDir.Medium == corev1.StorageMediumMemory:
			// A folder on the disk: what mounts a tmpfs makes a folder and no more, mount_windows.go of k8s.io/mount-utils v0.37.2.
			fields = append(fields, Field{Path: at.Then("emptyDir", "medium"), Value: string(v.EmptyDir.Medium)})
		case v.EmptyDir != nil && strings.HasPrefix(string(v.EmptyDir.Medium), string(corev1.StorageMediumHugePages)):
			fields = append(fields, Field{
				Path: at.Then("emptyDir", "medium"), Value: string(v.EmptyDir.Medium), Effect: Fails,
				What: "Windows nodes have no huge pages: the pod does not start",
			})
		case v.HostPath != nil && onlyLinux(v.HostPath.Path):
			fields = append(fields, hostPath(v.HostPath, at))
		}
	}
	return fields
}

// hostPath is a path that only Linux nodes have. A Windows node takes it to be on drive C: MakeAbsolutePath in
// pkg/volume/util/util.go of k8s.io/kubernetes v1.37.2.
func hostPath(h *corev1.HostPathVolumeSource, at object.Path) Field {
	f := Field{Path: at.Then("hostPath"), Value: h.Path, Effect: MayFail}
	there := `c:` + strings.ReplaceAll(path.Clean(h.Path), "/", `\`)
	f.What = "a Windows node takes it to be " + there + ", which holds nothing of the kind"
	if h.Type != nil && !slices.Contains([]corev1.HostPathType{
		corev1.HostPathUnset, corev1.HostPathDirectoryOrCreate, corev1.HostPathFileOrCreate,
	}, *h.Type) {
		f.Effect = Fails
		f.What = "a Windows node takes it to be " + there + ", which is not there: the pod does not start"
	}
	return f
}

// onlyLinux tells a path of a node that Windows has no counterpart of. Those of the kubelet, the runtime and what they log are the
// same below drive C, /var/lib/kubelet and /var/log/pods among them.
func onlyLinux(p string) bool {
	p = path.Clean(p)
	for _, root := range []string{"/proc", "/sys", "/dev", "/lib", "/lib64", "/usr", "/bin", "/sbin", "/boot", "/run", "/var/run"} {
		if p == root || strings.HasPrefix(p, root+"/") {
			return true
		}
	}
	return slices.Contains([]string{
		"/etc/passwd", "/etc/group", "/etc/machine-id", "/etc/os-release", "/etc/localtime", "/etc/timezone", "/etc/resolv.conf",
		"/etc/ssl/certs", "/etc/pki",
	}, p)
}
