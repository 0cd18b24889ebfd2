package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

// kubelet runs each pod's main container as a local process and reports what
// the kubelet (pod status) and argoexec (WorkflowTaskResult) would report.
type kubelet struct {
	st      *store
	dir     string // scratch: pods/, artifacts/, pvc/
	pathPre string // put before PATH: stubs for commands the host lacks
	isolate bool
	slots   chan struct{}
	grace   time.Duration
	agent   func(ctx context.Context, pod *corev1.Pod)
	api     *access
	cases   map[string]*batchCase // by namespace

	mu    sync.Mutex
	pods  map[string]*podRun
	seq   int
	wg    sync.WaitGroup
	execs []execution
}

// execution is one container run, in start order.
type execution struct {
	Seq      int       `json:"seq"`
	Pod      string    `json:"pod"`
	Space    string    `json:"namespace"`
	NodeID   string    `json:"nodeId"`
	Template string    `json:"template"`
	Image    string    `json:"image"`
	Command  []string  `json:"command"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	ExitCode int       `json:"exitCode"`
	Log      string    `json:"log"`
}

type podRun struct {
	kill   context.CancelCauseFunc
	killed chan struct{}
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

var errSignalled = errors.New("signalled")

func (k *kubelet) run(ctx context.Context) {
	k.st.watch(ctx, "pods", selector{}, 0, func(typ string, o object, _ int64) bool {
		m := meta(o)
		id := key(str(m, "namespace"), str(m, "name"))
		k.mu.Lock()
		run := k.pods[id]
		k.mu.Unlock()
		switch {
		case typ == "ADDED" && run == nil:
			k.start(ctx, id, o)
		case typ == "DELETED":
			if run != nil {
				run.kill(errSignalled)
			}
			k.mu.Lock()
			delete(k.pods, id)
			k.mu.Unlock()
		case m["deletionTimestamp"] != nil && m["deletionGracePeriodSeconds"] != nil && run != nil:
			run.kill(errSignalled)
			go func() {
				<-run.killed
				_, _ = k.st.delete("pods", str(m, "namespace"), str(m, "name"), true)
			}()
		}
		return true
	})
	k.wg.Wait()
}

func (k *kubelet) start(ctx context.Context, id string, o object) {
	b, _ := json.Marshal(o)
	pod := &corev1.Pod{}
	if err := json.Unmarshal(b, pod); err != nil {
		panic(err)
	}
	pctx, cancel := context.WithCancelCause(ctx)
	run := &podRun{kill: cancel, killed: make(chan struct{}), log: &lockedBuffer{}}
	k.mu.Lock()
	k.pods[id] = run
	k.mu.Unlock()
	k.wg.Add(1)
	go func() {
		defer k.wg.Done()
		defer close(run.killed)
		defer cancel(nil)
		k.runPod(pctx, pod, run)
	}()
}

// signal is the pods/exec call by which the controller terminates containers.
func (k *kubelet) signal(ns, pod, container string, command []string) {
	k.mu.Lock()
	run := k.pods[key(ns, pod)]
	k.mu.Unlock()
	if run != nil && container != "wait" {
		run.kill(errSignalled)
	}
}

func (k *kubelet) podLog(ns, pod string) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if run := k.pods[key(ns, pod)]; run != nil {
		return run.log.Bytes()
	}
	return nil
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func (k *kubelet) setStatus(pod *corev1.Pod, status object) {
	_, _ = k.st.modify("pods", pod.Namespace, pod.Name, func(o object) (object, error) {
		old, _ := o["status"].(object)
		for kk, v := range old {
			if _, ok := status[kk]; !ok {
				status[kk] = v
			}
		}
		o["status"] = status
		return o, nil
	})
}

func running(name, at string) object {
	return object{"name": name, "ready": true, "state": object{"running": object{"startedAt": at}}}
}

func terminated(name, at string, code int, reason, msg string) object {
	if reason == "" {
		reason = "Completed"
		if code != 0 {
			reason = "Error"
		}
	}
	return object{"name": name, "ready": false, "state": object{"terminated": object{
		"exitCode": code, "reason": reason, "message": msg, "startedAt": at, "finishedAt": now()}}}
}

func env(c corev1.Container, name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

func find(cs []corev1.Container, name string) *corev1.Container {
	for i := range cs {
		if cs[i].Name == name {
			return &cs[i]
		}
	}
	return nil
}

func (k *kubelet) template(pod *corev1.Pod) (*wfv1.Template, error) {
	for _, c := range append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...) {
		text := env(c, "ARGO_TEMPLATE")
		if text == "offloaded" {
			cm, err := k.st.get("configmaps", pod.Namespace, pod.Name)
			if err != nil {
				return nil, err
			}
			text = str(cm["data"].(object), "ARGO_TEMPLATE")
		}
		if text != "" {
			t := &wfv1.Template{}
			return t, json.Unmarshal([]byte(text), t)
		}
	}
	return nil, errors.New("pod carries no ARGO_TEMPLATE")
}

func (k *kubelet) runPod(ctx context.Context, pod *corev1.Pod, run *podRun) {
	if k.agent != nil && pod.Labels["workflows.argoproj.io/component"] == "agent" {
		k.setStatus(pod, object{"phase": "Running", "startTime": now()})
		k.agent(ctx, pod)
		k.setStatus(pod, object{"phase": "Succeeded"})
		return
	}
	nodeID := pod.Annotations["workflows.argoproj.io/node-id"]
	select {
	case k.slots <- struct{}{}:
		defer func() { <-k.slots }()
	case <-ctx.Done():
		k.setStatus(pod, object{"phase": "Failed", "message": "killed before start"})
		return
	}
	started := now()
	fail := func(container, msg string, code int) {
		st := object{"phase": "Failed", "startTime": started}
		if container == "init" {
			st["initContainerStatuses"] = []any{terminated("init", started, code, "", msg)}
		} else {
			st["containerStatuses"] = []any{terminated("main", started, code, "", msg), terminated("wait", started, 0, "", "")}
		}
		k.setStatus(pod, st)
	}
	tmpl, err := k.template(pod)
	if err != nil {
		fail("init", err.Error(), 1)
		return
	}
	box, err := k.newSandbox(pod)
	if err != nil {
		fail("init", err.Error(), 1)
		return
	}
	if err := k.api.mount(box, pod.Namespace); err != nil {
		fail("init", err.Error(), 1)
		return
	}
	if cs := k.cases[pod.Namespace]; cs != nil {
		for _, dir := range cs.Binds {
			box.binds[dir] = dir
		}
	}
	if err := k.loadInputs(pod, tmpl, box); err != nil {
		fail("init", err.Error(), 64)
		return
	}
	for _, c := range pod.Spec.InitContainers { // the template's own, in order; argoexec's is emulated
		if c.Name == "init" {
			continue
		}
		own, err := box.forInit(c)
		if err != nil {
			fail("init", err.Error(), 1)
			return
		}
		if out, code, err := k.exec(ctx, pod, tmpl, c, own, run, k.grace); err != nil || code != 0 {
			fail("init", fmt.Sprintf("init container %s: exit code %d %s", c.Name, code, out), code)
			return
		}
	}
	if tmpl.Resource != nil {
		k.runResourcePod(ctx, pod, run, tmpl, nodeID, started)
		return
	}

	var mains []corev1.Container
	for _, c := range pod.Spec.Containers {
		if c.Name != "wait" && !isSidecar(tmpl, c.Name) {
			mains = append(mains, c)
		}
	}
	hasWait := find(pod.Spec.Containers, "wait") != nil
	statuses := []any{}
	for _, c := range mains {
		statuses = append(statuses, running(c.Name, started))
	}
	if hasWait {
		statuses = append(statuses, running("wait", started))
		k.taskResult(pod, nodeID, nil, false)
	}
	k.setStatus(pod, object{"phase": "Running", "startTime": started, "podIP": "127.0.0.1", "containerStatuses": statuses,
		"initContainerStatuses": []any{terminated("init", started, 0, "", "")}})

	deadline := false
	if s := pod.Spec.ActiveDeadlineSeconds; s != nil {
		t := time.AfterFunc(time.Duration(*s)*time.Second, func() { deadline = true; run.kill(errSignalled) })
		defer t.Stop()
	}
	grace := k.grace
	if s := pod.Spec.TerminationGracePeriodSeconds; s != nil {
		grace = time.Duration(*s) * time.Second
	}

	var sidecars sync.WaitGroup
	sctx, stopSidecars := context.WithCancel(ctx)
	for _, c := range pod.Spec.Containers {
		if isSidecar(tmpl, c.Name) {
			sidecars.Add(1)
			go func() {
				defer sidecars.Done()
				_, _, _ = k.exec(sctx, pod, tmpl, c, box, run, time.Second)
			}()
		}
	}

	// A container set starts each container when its dependencies succeeded.
	codes := map[string]int{}
	msgs := map[string]string{}
	var stdout []byte
	var mu sync.Mutex
	done := map[string]chan struct{}{}
	for _, c := range mains {
		done[c.Name] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for _, c := range mains {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer close(done[c.Name])
			if tmpl.ContainerSet != nil {
				for _, g := range tmpl.ContainerSet.Containers {
					if g.Name != c.Name {
						continue
					}
					for _, d := range g.Dependencies {
						<-done[d]
						mu.Lock()
						bad := codes[d] != 0
						if bad {
							codes[c.Name], msgs[c.Name] = 64, fmt.Sprintf("dependency %q exited with non-zero code: %d", d, codes[d])
						}
						mu.Unlock()
						if bad {
							return
						}
					}
				}
			}
			out, code, err := k.exec(ctx, pod, tmpl, c, box, run, grace)
			mu.Lock()
			defer mu.Unlock()
			codes[c.Name] = code
			if err != nil {
				msgs[c.Name] = err.Error()
			}
			if c.Name == "main" {
				stdout = out
			}
		}()
	}
	wg.Wait()
	stopSidecars()
	sidecars.Wait()

	phase, statuses := "Succeeded", []any{}
	for _, c := range mains {
		if codes[c.Name] != 0 {
			phase = "Failed"
		}
		statuses = append(statuses, terminated(c.Name, started, codes[c.Name], "", msgs[c.Name]))
	}
	if hasWait {
		code, msg := 0, ""
		outputs, err := k.saveOutputs(pod, tmpl, box, stdout)
		if err != nil {
			code, msg, phase = 1, err.Error(), "Failed"
		}
		k.taskResult(pod, nodeID, outputs, true)
		statuses = append(statuses, terminated("wait", started, code, "", msg))
	}
	st := object{"phase": phase, "containerStatuses": statuses}
	if deadline {
		st["phase"], st["reason"], st["message"] = "Failed", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
	}
	k.setStatus(pod, st)
}

// runResourcePod is the life of a `resource` template's pod.
func (k *kubelet) runResourcePod(ctx context.Context, pod *corev1.Pod, run *podRun, tmpl *wfv1.Template, nodeID, started string) {
	k.taskResult(pod, nodeID, nil, false)
	k.setStatus(pod, object{"phase": "Running", "startTime": started, "podIP": "127.0.0.1",
		"containerStatuses": []any{running("main", started)}, "initContainerStatuses": []any{terminated("init", started, 0, "", "")}})
	deadline := false
	if s := pod.Spec.ActiveDeadlineSeconds; s != nil {
		t := time.AfterFunc(time.Duration(*s)*time.Second, func() { deadline = true; run.kill(errSignalled) })
		defer t.Stop()
	}
	k.mu.Lock()
	k.seq++
	n := len(k.execs)
	k.execs = append(k.execs, execution{Seq: k.seq, Pod: pod.Name, Space: pod.Namespace, NodeID: nodeID, Template: tmpl.Name,
		Command: []string{"argoexec", "resource", tmpl.Resource.Action}, Start: time.Now(), ExitCode: -1})
	k.mu.Unlock()
	name, outputs, err := k.runResource(ctx, pod, tmpl)
	code, phase, msg := 0, "Succeeded", ""
	if err != nil {
		code, phase, msg = 64, "Failed", err.Error()
	}
	fmt.Fprintf(run.log, "%s %s %s\n", tmpl.Resource.Action, name, msg)
	k.mu.Lock()
	k.execs[n].End, k.execs[n].ExitCode, k.execs[n].Log = time.Now(), code, string(run.log.Bytes())
	k.mu.Unlock()
	k.taskResult(pod, nodeID, outputs, true)
	st := object{"phase": phase, "containerStatuses": []any{terminated("main", started, code, "", msg)}}
	if deadline {
		st["reason"], st["message"] = "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
	}
	k.setStatus(pod, st)
}

func isSidecar(t *wfv1.Template, name string) bool {
	for _, s := range t.Sidecars {
		if s.Name == name {
			return true
		}
	}
	return false
}

// taskResult is argoexec's report: created empty, then filled and completed.
func (k *kubelet) taskResult(pod *corev1.Pod, nodeID string, outputs *wfv1.Outputs, complete bool) {
	wf := pod.Labels["workflows.argoproj.io/workflow"]
	r := wfv1.WorkflowTaskResult{
		ObjectMeta: metav1.ObjectMeta{Name: nodeID, Labels: map[string]string{
			"workflows.argoproj.io/workflow":                 wf,
			"workflows.argoproj.io/report-outputs-completed": fmt.Sprint(complete),
		}},
		NodeResult: wfv1.NodeResult{Outputs: outputs},
	}
	r.Kind, r.APIVersion = "WorkflowTaskResult", "argoproj.io/v1alpha1"
	b, _ := json.Marshal(r)
	var o object
	_ = json.Unmarshal(b, &o)
	if _, err := k.st.create(r.APIVersion, "workflowtaskresults", pod.Namespace, o); err != nil {
		_, _ = k.st.modify("workflowtaskresults", pod.Namespace, nodeID, func(object) (object, error) { return o, nil })
	}
}

// environment resolves a container's variables and its $(VAR) references.
func (k *kubelet) environment(pod *corev1.Pod, c corev1.Container) ([]string, map[string]string, error) {
	vars, order := map[string]string{}, []string{}
	set := func(n, v string) {
		if _, ok := vars[n]; !ok {
			order = append(order, n)
		}
		vars[n] = v
	}
	data := func(resource, name string, optional *bool) (map[string]string, error) {
		o, err := k.st.get(resource, pod.Namespace, name)
		if err != nil {
			if optional != nil && *optional {
				return nil, nil
			}
			return nil, err
		}
		return plainData(o), nil
	}
	for _, f := range c.EnvFrom {
		var d map[string]string
		var err error
		if f.ConfigMapRef != nil {
			d, err = data("configmaps", f.ConfigMapRef.Name, f.ConfigMapRef.Optional)
		} else if f.SecretRef != nil {
			d, err = data("secrets", f.SecretRef.Name, f.SecretRef.Optional)
		}
		if err != nil {
			return nil, nil, err
		}
		for n, v := range d {
			set(f.Prefix+n, v)
		}
	}
	for _, e := range c.Env {
		v := expand(e.Value, vars)
		if from := e.ValueFrom; from != nil {
			var d map[string]string
			var err error
			var kk string
			var optional *bool
			switch {
			case from.SecretKeyRef != nil:
				kk, optional = from.SecretKeyRef.Key, from.SecretKeyRef.Optional
				d, err = data("secrets", from.SecretKeyRef.Name, optional)
			case from.ConfigMapKeyRef != nil:
				kk, optional = from.ConfigMapKeyRef.Key, from.ConfigMapKeyRef.Optional
				d, err = data("configmaps", from.ConfigMapKeyRef.Name, optional)
			case from.FieldRef != nil:
				kk, d = "f", map[string]string{"f": fieldRef(pod, from.FieldRef.FieldPath)}
			}
			if err != nil {
				return nil, nil, err
			}
			val, ok := d[kk]
			if !ok {
				if optional != nil && *optional {
					continue
				}
				return nil, nil, fmt.Errorf("couldn't find key %s for env %s", kk, e.Name)
			}
			v = val
		}
		set(e.Name, v)
	}
	path := os.Getenv("PATH")
	if k.pathPre != "" {
		path = k.pathPre + ":" + path
	}
	cs := k.cases[pod.Namespace]
	if cs != nil {
		if dir := cs.pathFor(c.Image); dir != "" {
			path = dir + ":" + path
		}
		for n, v := range cs.Env {
			if _, ok := vars[n]; !ok {
				set(n, v)
			}
		}
	}
	sort.Strings(order)
	out := []string{"PATH=" + path, "HOME=/root", "HOSTNAME=" + pod.Name, "LANG=C.UTF-8"}
	out = append(out, k.api.environment()...)
	for _, n := range order {
		if n == "ARGO_TEMPLATE" {
			continue
		}
		out = append(out, n+"="+vars[n])
	}
	return out, vars, nil
}

func plainData(o object) map[string]string {
	out := map[string]string{}
	secret := str(o, "kind") == "Secret"
	d, _ := o["data"].(object)
	for n, v := range d {
		s, _ := v.(string)
		if secret {
			var b []byte
			if json.Unmarshal([]byte(`"`+s+`"`), &b) == nil {
				s = string(b)
			}
		}
		out[n] = s
	}
	sd, _ := o["stringData"].(object)
	for n, v := range sd {
		out[n], _ = v.(string)
	}
	return out
}

func fieldRef(pod *corev1.Pod, path string) string {
	switch path {
	case "metadata.name":
		return pod.Name
	case "metadata.namespace":
		return pod.Namespace
	case "metadata.uid":
		return string(pod.UID)
	case "status.podIP", "status.hostIP":
		return "127.0.0.1"
	case "spec.nodeName":
		return "process-kubelet"
	}
	for prefix, m := range map[string]map[string]string{"metadata.labels['": pod.Labels, "metadata.annotations['": pod.Annotations} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return m[strings.TrimSuffix(rest, "']")]
		}
	}
	return ""
}

// expand does the kubelet's $(VAR) substitution: $$ is a literal $, and a
// reference to an unknown variable stays as written.
func expand(s string, vars map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '$':
			b.WriteByte('$')
			i++
		case '(':
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				b.WriteString("$(")
				i++
				continue
			}
			name := s[i+2 : i+end]
			if v, ok := vars[name]; ok {
				b.WriteString(v)
			} else {
				b.WriteString("$(" + name + ")")
			}
			i += end
		default:
			b.WriteByte('$')
		}
	}
	return b.String()
}

// exec runs one container's process; the exit codes follow a container runtime.
func (k *kubelet) exec(ctx context.Context, pod *corev1.Pod, tmpl *wfv1.Template, c corev1.Container, box *sandbox, run *podRun, grace time.Duration) ([]byte, int, error) {
	environ, vars, err := k.environment(pod, c)
	if err != nil {
		return nil, 64, err
	}
	argv := append(append([]string{}, c.Command...), c.Args...)
	for i := range argv {
		argv[i] = expand(argv[i], vars)
	}
	for i, a := range argv { // strip "argoexec emissary ... --"
		if a == "--" && strings.HasSuffix(argv[0], "/argoexec") {
			argv = argv[i+1:]
			break
		}
	}
	if f := vars["ARGO_CONTAINER_ARGS_FILE"]; f != "" {
		cm, err := k.st.get("configmaps", pod.Namespace, pod.Name)
		if err != nil {
			return nil, 64, err
		}
		var more []string
		if err := json.Unmarshal([]byte(plainData(cm)["ARGO_CONTAINER_ARGS_FILE"]), &more); err != nil {
			return nil, 64, err
		}
		for i, a := range more { // what one exec argument cannot hold goes to a file
			if len(a) > 131072 {
				file := fmt.Sprintf("/tmp/argo_arg_%d.txt", i)
				if err := box.write(file, []byte(a), 0o644); err != nil {
					return nil, 64, err
				}
				more[i] = "@" + file
			}
		}
		argv = append(argv, more...)
	}
	if len(argv) == 0 {
		return nil, 64, errors.New("container has no command")
	}
	k.mu.Lock()
	k.seq++
	n := len(k.execs)
	k.execs = append(k.execs, execution{Seq: k.seq, Pod: pod.Name, Space: pod.Namespace, NodeID: pod.Annotations["workflows.argoproj.io/node-id"],
		Template: tmpl.Name, Image: c.Image, Command: argv, Start: time.Now(), ExitCode: -1})
	k.mu.Unlock()

	var stdout bytes.Buffer
	var both lockedBuffer
	cmd, err := box.command(c, argv, environ)
	code := 64
	if err == nil {
		cmd.Stdout = io.MultiWriter(&stdout, &both, run.log)
		cmd.Stderr = io.MultiWriter(&both, run.log)
		cmd.WaitDelay = 2 * time.Second
		code, err = runGroup(ctx, cmd, grace)
	}
	if err != nil {
		fmt.Fprintf(&both, "%v\n", err)
	}
	k.mu.Lock()
	e := &k.execs[n]
	e.End, e.ExitCode, e.Log = time.Now(), code, string(both.Bytes())
	k.mu.Unlock()
	return stdout.Bytes(), code, err
}

// runGroup runs a command in its own process group: SIGTERM when ctx ends,
// SIGKILL after the grace period, and SIGKILL for what the process leaves.
func runGroup(ctx context.Context, cmd *exec.Cmd, grace time.Duration) (int, error) {
	runtime.LockOSThread() // Pdeathsig follows the thread
	defer runtime.UnlockOSThread()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		return 64, err
	}
	pid := cmd.Process.Pid
	exited := make(chan struct{})
	go func() {
		select {
		case <-exited:
			return
		case <-ctx.Done():
		}
		_ = syscall.Kill(-pid, syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(grace):
			_ = syscall.Kill(-pid, syscall.SIGKILL)
		}
	}()
	err := cmd.Wait()
	close(exited)
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	var ee *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return cmd.ProcessState.ExitCode(), nil
	case errors.As(err, &ee):
		if ws, ok := ee.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return 128 + int(ws.Signal()), nil
		}
		return ee.ExitCode(), nil
	}
	return 64, err
}

// ---- inputs and outputs ----

func (k *kubelet) artifactFile(a *wfv1.Artifact, loc *wfv1.ArtifactLocation) string {
	s3 := a.S3
	if s3 == nil && loc != nil {
		s3 = loc.S3
	}
	if s3 == nil {
		return ""
	}
	return filepath.Join(k.dir, "artifacts", filepath.Clean("/"+s3.Key))
}

func (k *kubelet) loadInputs(pod *corev1.Pod, tmpl *wfv1.Template, box *sandbox) error {
	if tmpl.Script != nil {
		if err := box.write("/argo/staging/script", []byte(tmpl.Script.Source), 0o755); err != nil {
			return err
		}
	}
	for _, a := range tmpl.Inputs.Artifacts {
		switch {
		case a.Raw != nil:
			if err := box.write(a.Path, []byte(a.Raw.Data), 0o644); err != nil {
				return err
			}
		case a.S3 != nil && a.S3.Key != "":
			from := k.artifactFile(&a, nil)
			if _, err := os.Stat(from); err != nil {
				if a.Optional {
					continue
				}
				return fmt.Errorf("artifact %s failed to load: %w", a.Name, err)
			}
			to := box.host(a.Path, true)
			_ = os.MkdirAll(filepath.Dir(to), 0o755)
			if err := copyTree(from, to); err != nil {
				return err
			}
		case !a.Optional:
			return fmt.Errorf("artifact %s: only raw and repository artifacts are emulated", a.Name)
		}
	}
	return nil
}

func copyTree(from, to string) error {
	out, err := exec.Command("cp", "-a", "-T", from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %s", err, out)
	}
	return nil
}

func (k *kubelet) saveOutputs(pod *corev1.Pod, tmpl *wfv1.Template, box *sandbox, stdout []byte) (*wfv1.Outputs, error) {
	out := tmpl.Outputs.DeepCopy()
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	main := find(pod.Spec.Containers, "main")
	if main != nil && env(*main, "ARGO_INCLUDE_SCRIPT_OUTPUT") == "true" && (tmpl.Script != nil || tmpl.Container != nil || tmpl.ContainerSet != nil) {
		s := strings.TrimSuffix(string(stdout), "\n")
		if max := 256 << 10; len(s) > max {
			s = s[len(s)-max:]
		}
		out.Result = &s
	}
	for i, p := range out.Parameters {
		if p.ValueFrom == nil || p.ValueFrom.Path == "" {
			continue
		}
		b, err := os.ReadFile(box.host(p.ValueFrom.Path, false))
		switch {
		case err == nil:
			out.Parameters[i].Value = wfv1.AnyStringPtr(strings.TrimSuffix(string(b), "\n"))
		case p.ValueFrom.Default != nil:
			out.Parameters[i].Value = wfv1.AnyStringPtr(strings.TrimSuffix(p.ValueFrom.Default.String(), "\n"))
		default:
			note(fmt.Errorf("output parameter %s: open %s: no such file or directory", p.Name, p.ValueFrom.Path))
			return out, first
		}
	}
	var arts []wfv1.Artifact
	for _, a := range out.Artifacts {
		from := box.host(a.Path, false)
		if _, err := os.Stat(from); err != nil {
			if !a.Optional {
				note(fmt.Errorf("output artifact %s: open %s: no such file or directory", a.Name, a.Path))
			}
			continue
		}
		if a.S3 == nil && tmpl.ArchiveLocation != nil && tmpl.ArchiveLocation.S3 != nil {
			a.S3 = &wfv1.S3Artifact{Key: strings.TrimSuffix(tmpl.ArchiveLocation.S3.Key, "/") + "/" + filepath.Base(a.Name) + ".tgz"}
		}
		to := k.artifactFile(&a, nil)
		if to == "" {
			note(fmt.Errorf("output artifact %s: no S3 location to emulate", a.Name))
			continue
		}
		_ = os.MkdirAll(filepath.Dir(to), 0o755)
		if err := copyTree(from, to); err != nil {
			note(err)
		}
		arts = append(arts, a)
	}
	out.Artifacts = arts
	return out, first
}
