// argorun runs Argo workflows with the real Argo workflow controller, in one
// process and without a cluster: the controller talks to an in-memory
// Kubernetes API on loopback (apiserver.go), and a process kubelet
// (kubelet.go) runs each pod's main container as a local process.
//
//	argorun [flags] FILE|DIR ...
//
// It prints one JSON object per workflow.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"sigs.k8s.io/yaml"

	_ "argorun/internal/quiet"

	"github.com/argoproj/argo-workflows/v3/persist/sqldb"
	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	wfclientset "github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-workflows/v3/workflow/controller"
	"github.com/argoproj/argo-workflows/v3/workflow/executor"
	"github.com/argoproj/argo-workflows/v3/workflow/hydrator"
	"github.com/argoproj/argo-workflows/v3/workflow/packer"
	"github.com/argoproj/argo-workflows/v3/workflow/util"
)

type nodeOut struct {
	ID           string            `json:"id"`
	DisplayName  string            `json:"displayName"`
	TemplateName string            `json:"templateName,omitempty"`
	TemplateRef  string            `json:"templateRef,omitempty"`
	Type         wfv1.NodeType     `json:"type"`
	Phase        wfv1.NodePhase    `json:"phase"`
	Message      string            `json:"message,omitempty"`
	Order        int               `json:"order"`
	ExecSeq      int               `json:"execSeq,omitempty"`
	Parent       string            `json:"boundary,omitempty"`
	Children     []string          `json:"children,omitempty"`
	Inputs       map[string]string `json:"inputs,omitempty"`
	Outputs      map[string]string `json:"outputs,omitempty"`
	Result       *string           `json:"result,omitempty"`
	ExitCode     *string           `json:"exitCode,omitempty"`
	Command      []string          `json:"command,omitempty"`
	Start        float64           `json:"start,omitempty"` // of the process, Unix seconds
	End          float64           `json:"end,omitempty"`
	Log          *string           `json:"log,omitempty"`

	name string
	seen int
}

type workflowOut struct {
	Name        string             `json:"name"`
	Space       string             `json:"namespace"`
	Source      string             `json:"source"`
	Phase       wfv1.WorkflowPhase `json:"phase"`
	Message     string             `json:"message,omitempty"`
	TimedOut    bool               `json:"timedOut,omitempty"`
	Seconds     float64            `json:"seconds"`
	Outputs     map[string]string  `json:"outputs,omitempty"`
	Template    string             `json:"workflowTemplate,omitempty"`
	Annotations map[string]string  `json:"annotations,omitempty"`
	Parameters  map[string]string  `json:"parameters,omitempty"`
	Nodes       []nodeOut          `json:"nodes"`
}

type listFlag []string

func (l *listFlag) String() string     { return strings.Join(*l, ",") }
func (l *listFlag) Set(v string) error { *l = append(*l, v); return nil }

type submitted struct {
	source string
	wf     *wfv1.Workflow
	start  time.Time
	end    time.Time
	seen   map[string]int
	done   bool
}

var cleanup = func() {}

func fatal(args ...any) {
	cleanup()
	fmt.Fprintln(os.Stderr, append([]any{"argorun:"}, args...)...)
	os.Exit(2)
}

func main() {
	os.Exit(realMain())
}

func realMain() int {
	var from, params, imageRules listFlag
	flag.Var(&from, "from", "submit from workflowtemplate/NAME, clusterworkflowtemplate/NAME or cronworkflow/NAME (repeatable)")
	flag.Var(&params, "p", "workflow parameter NAME=VALUE (repeatable)")
	flag.Var(&imageRules, "image", "PATTERN=DIR: DIR is put before PATH for images that match (repeatable)")
	ns := flag.String("n", "default", "namespace")
	batch := flag.String("batch", "", "JSON file with many cases, each in a namespace of its own (batch.go)")
	atOnce := flag.Int("cases", 8, "cases of a batch that run at once")
	timeout := flag.Duration("timeout", 2*time.Minute, "give up after this long (of a batch: default of a case)")
	resume := flag.Bool("auto-resume", false, "resume suspended nodes at once, whatever their duration")
	scheduled := flag.String("scheduled-time", "", "RFC 3339 schedule time for cronworkflow submissions (default now)")
	stubs := flag.String("path", "", "directory put before PATH: stubs for commands the host lacks")
	parallel := flag.Int("parallel", 32, "pods that run at once")
	isolate := flag.String("isolate", "auto", "auto, on or off: run containers in an overlay of the host root")
	requeue := flag.Duration("requeue", 200*time.Millisecond, "the controller's DEFAULT_REQUEUE_TIME")
	grace := flag.Duration("grace", 5*time.Second, "termination grace period")
	keep := flag.Bool("keep", false, "keep the scratch directory and print its name")
	withLog := flag.Bool("logs", true, "include each container's output")
	dump := flag.Bool("dump", false, "print whole Workflow objects instead of the summary")
	verbose := flag.Bool("v", false, "controller log on stderr")
	flag.Parse()
	if flag.NArg() == 0 && *batch == "" {
		flag.Usage()
		return 2
	}
	for k, v := range map[string]string{"DEFAULT_REQUEUE_TIME": requeue.String(), "ARGO_AGENT_PATCH_RATE": "200ms"} {
		if os.Getenv(k) == "" {
			os.Setenv(k, v)
		}
	}
	if *verbose {
		logrus.SetLevel(logrus.InfoLevel)
	} else {
		klog.SetLogger(logr.Discard())
	}
	cases, err := casesOf(*batch, *ns, flag.Args(), from, params, *scheduled, imageRules)
	if err != nil {
		fatal(err)
	}
	for i := range cases {
		if cases[i].Timeout == 0 {
			cases[i].Timeout = timeout.Seconds()
		}
	}

	st := newStore()
	images := map[string]bool{}
	if err := scanImages(cases, images); err != nil {
		fatal(err)
	}
	dir, err := os.MkdirTemp("", "argorun-")
	if err != nil {
		fatal(err)
	}
	if *keep {
		fmt.Fprintln(os.Stderr, "argorun: scratch in", dir)
	} else {
		cleanup = func() { _ = os.RemoveAll(dir) }
		logrus.RegisterExitHandler(cleanup)
		defer cleanup()
	}

	isolated := *isolate != "off"
	if isolated {
		if err := canIsolate(filepath.Join(dir, "probe")); err != nil {
			if *isolate == "on" {
				fatal("cannot isolate:", err)
			}
			fmt.Fprintln(os.Stderr, "argorun: no isolation, containers share the host's /tmp:", err)
			isolated = false
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fatal(err)
	}
	go func() { _ = http.Serve(ln, st) }()
	podAccess, err := serveTLS(st)
	if err != nil {
		fatal(err)
	}
	cfg := &rest.Config{Host: "http://" + ln.Addr().String(), QPS: 10000, Burst: 10000,
		ContentConfig: rest.ContentConfig{ContentType: "application/json", AcceptContentTypes: "application/json"}}
	kube, wfc := kubernetes.NewForConfigOrDie(cfg), wfclientset.NewForConfigOrDie(cfg)

	const ctlNS = "argo-controller"
	_, _ = st.create("v1", "namespaces", "", object{"metadata": object{"name": ctlNS}})
	_, _ = st.create("v1", "serviceaccounts", ctlNS, object{"metadata": object{"name": "default"}})
	if _, err := st.create("v1", "configmaps", ctlNS, object{"metadata": object{"name": "cfg"}, "data": object{"config": config(images)}}); err != nil {
		fatal(err)
	}

	kl := &kubelet{st: st, dir: dir, pathPre: *stubs, isolate: isolated, slots: make(chan struct{}, *parallel),
		grace: *grace, pods: map[string]*podRun{}, api: podAccess, cases: map[string]*batchCase{}}
	for i := range cases {
		kl.cases[cases[i].Namespace] = &cases[i]
	}
	kl.agent = func(ctx context.Context, pod *corev1.Pod) {
		wf := pod.Labels["workflows.argoproj.io/workflow"]
		u := ""
		if o, err := st.get("workflows", pod.Namespace, wf); err == nil {
			u = str(meta(o), "uid")
		}
		_ = executor.NewAgentExecutor(kube, kube.RESTClient(), cfg, pod.Namespace, wf, u, nil).Agent(ctx)
	}
	st.exec, st.logs = kl.signal, kl.podLog
	kubeletDone := make(chan struct{})
	go func() { defer close(kubeletDone); kl.run(ctx) }()

	ctl, err := controller.NewWorkflowController(ctx, cfg, kube, wfc, ctlNS, "", "argoexec:local", "IfNotPresent", "text", "cfg", false)
	if err != nil {
		fatal(err)
	}
	go ctl.Run(ctx, 8, 1, 4, 1, 1)

	hyd := hydrator.New(sqldb.ExplosiveOffloadNodeStatusRepo)
	t := &tracker{byName: map[string]*submitted{}}
	go st.watch(ctx, "workflows", selector{}, 0, func(_ string, o object, _ int64) bool {
		b, _ := json.Marshal(o)
		wf := &wfv1.Workflow{}
		if json.Unmarshal(b, wf) != nil {
			return true
		}
		if err := packer.DecompressWorkflow(wf); err != nil { // the controller packs the nodes of large workflows
			return true
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.see(wf)
		for id, n := range wf.Status.Nodes {
			if *resume && n.Type == wfv1.NodeTypeSuspend && n.Phase == wfv1.NodeRunning {
				go func() {
					_ = util.ResumeWorkflow(ctx, wfc.ArgoprojV1alpha1().Workflows(wf.Namespace), hyd, wf.Name, "id="+id)
				}()
			}
		}
		return true
	})

	failed := make(map[string]error)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		sem := make(chan struct{}, *atOnce)
		var wg sync.WaitGroup
		for i := range cases {
			c := &cases[i]
			sem <- struct{}{}
			wg.Add(1)
			go func() {
				defer func() { <-sem; wg.Done() }()
				if err := runCase(ctx, c, st, wfc, t); err != nil {
					t.mu.Lock()
					failed[c.Namespace] = err
					t.mu.Unlock()
				}
			}()
		}
		wg.Wait()
	}()
	rc := 0
	select {
	case <-finished:
	case <-interrupted:
		rc = 3
	}
	t.mu.Lock()
	cancel()
	<-kubeletDone
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, s := range t.order {
		if !s.done {
			rc = 3
		}
		if *dump {
			_ = out.Encode(s.wf)
		} else {
			_ = out.Encode(summarize(s, kl, *withLog))
		}
	}
	for _, c := range cases {
		if err := failed[c.Namespace]; err != nil {
			if *batch == "" {
				fatal(err)
			}
			_ = out.Encode(object{"namespace": c.Namespace, "error": err.Error()})
		}
	}
	return rc
}

// casesOf reads the batch file, or makes the one case of the other flags.
func casesOf(file, ns string, args, from, params []string, scheduled string, imageRules []string) ([]batchCase, error) {
	if file != "" {
		return readBatch(file)
	}
	c := batchCase{Namespace: ns, Files: args}
	values := map[string]string{}
	for _, p := range params {
		n, v, ok := strings.Cut(p, "=")
		if !ok {
			return nil, fmt.Errorf("-p wants NAME=VALUE: %s", p)
		}
		values[n] = v
	}
	for _, r := range imageRules {
		pattern, dir, ok := strings.Cut(r, "=")
		if !ok {
			return nil, fmt.Errorf("-image wants PATTERN=DIR: %s", r)
		}
		c.Images = append(c.Images, [2]string{pattern, dir})
	}
	if len(from) == 0 {
		subs, _, err := load(newStore(), ns, args, map[string]bool{})
		if err != nil {
			return nil, err
		}
		if len(subs) == 0 {
			return nil, errors.New("no Workflow in the given files, and no -from")
		}
		for _, s := range subs {
			from = append(from, "workflow/"+s.wf.Name)
		}
	}
	for _, f := range from {
		c.Submit = append(c.Submit, submission{From: f, Parameters: values, ScheduledTime: scheduled})
	}
	return []batchCase{c}, nil
}

// scanImages finds the images of all cases before the controller starts: its configuration names them.
func scanImages(cases []batchCase, images map[string]bool) error {
	for _, c := range cases {
		if _, _, err := load(newStore(), c.Namespace, append(append([]string{}, c.Files...), c.Overrides...), images); err != nil {
			return fmt.Errorf("%s: %w", c.Namespace, err)
		}
	}
	return nil
}

func setParam(a *wfv1.Arguments, name, value string) {
	for i := range a.Parameters {
		if a.Parameters[i].Name == name {
			a.Parameters[i].Value, a.Parameters[i].ValueFrom = wfv1.AnyStringPtr(value), nil
			return
		}
	}
	a.Parameters = append(a.Parameters, wfv1.Parameter{Name: name, Value: wfv1.AnyStringPtr(value)})
}

// config is the controller's ConfigMap. Images named in the manifests get a
// placeholder entrypoint, since the controller would ask a registry for it.
func config(images map[string]bool) string {
	img := map[string]any{}
	for i := range images {
		img[i] = object{"entrypoint": []string{"/bin/sh", "-c", `echo "argorun: default entrypoint of $0, args: $*"`, i}}
	}
	b, _ := yaml.Marshal(object{"images": img, "artifactRepository": object{
		"s3": object{"endpoint": "127.0.0.1:1", "bucket": "argorun", "insecure": true}}})
	return string(b)
}

// load puts the manifests into the store. Workflows and CronWorkflows are
// returned rather than stored, so that nothing starts by itself.
func load(st *store, ns string, args []string, images map[string]bool) ([]*submitted, map[string]*wfv1.CronWorkflow, error) {
	var subs []*submitted
	crons := map[string]*wfv1.CronWorkflow{}
	one := func(path string, doc []byte) error {
		j, err := yaml.YAMLToJSONStrict(doc)
		if err != nil {
			return err
		}
		var o object
		if err := json.Unmarshal(j, &o); err != nil || o == nil {
			return err
		}
		findImages(o, images)
		kind, api := str(o, "kind"), str(o, "apiVersion")
		if str(meta(o), "namespace") == "" {
			meta(o)["namespace"] = ns
		}
		j, _ = json.Marshal(o)
		switch kind {
		case "Workflow":
			wf := &wfv1.Workflow{}
			if err := json.Unmarshal(j, wf); err != nil {
				return err
			}
			subs = append(subs, &submitted{source: path, wf: wf})
			return nil
		case "CronWorkflow":
			c := &wfv1.CronWorkflow{}
			if err := json.Unmarshal(j, c); err != nil {
				return err
			}
			crons[c.Name] = c
			return nil
		case "":
			return errors.New("document has no kind")
		}
		resource := strings.ToLower(kind) + "s"
		where := str(meta(o), "namespace")
		if kind == "ClusterWorkflowTemplate" || kind == "Namespace" {
			delete(meta(o), "namespace")
			where = ""
		}
		_, err = st.create(api, resource, where, o)
		var exists *apiError
		if errors.As(err, &exists) && exists.code == 409 && (kind == "ConfigMap" || kind == "Secret") {
			_, err = st.modify(resource, where, str(meta(o), "name"), func(old object) (object, error) {
				delete(meta(old), "resourceVersion")
				delete(meta(o), "resourceVersion")
				return applyPatch("application/merge-patch+json", old, j)
			})
		}
		return err
	}
	for _, a := range args {
		err := filepath.WalkDir(a, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch strings.ToLower(filepath.Ext(p)) {
			case ".yaml", ".yml", ".json":
			default:
				if p != a {
					return nil
				}
			}
			f, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			docs := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(f)))
			for {
				doc, err := docs.Read()
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err == nil {
					err = one(p, doc)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", p, err)
				}
			}
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return subs, crons, nil
}

func findImages(v any, images map[string]bool) {
	switch t := v.(type) {
	case object:
		if s, ok := t["image"].(string); ok && !strings.Contains(s, "{{") {
			images[s] = true
		}
		for _, x := range t {
			findImages(x, images)
		}
	case []any:
		for _, x := range t {
			findImages(x, images)
		}
	}
}

func paramMap(ps []wfv1.Parameter) map[string]string {
	if len(ps) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, p := range ps {
		if p.Value != nil {
			out[p.Name] = p.Value.String()
		}
	}
	return out
}

func summarize(s *submitted, kl *kubelet, withLog bool) workflowOut {
	wf := s.wf
	w := workflowOut{Name: wf.Name, Space: wf.Namespace, Annotations: wf.Annotations, Parameters: paramMap(wf.Spec.Arguments.Parameters), Source: s.source, Phase: wf.Status.Phase, Message: wf.Status.Message, TimedOut: !s.done, Nodes: []nodeOut{}}
	if r := wf.Spec.WorkflowTemplateRef; r != nil {
		w.Template = r.Name
	}
	if s.done {
		w.Seconds = s.end.Sub(s.start).Seconds()
	}
	if wf.Status.Outputs != nil {
		w.Outputs = paramMap(wf.Status.Outputs.Parameters)
	}
	kl.mu.Lock()
	defer kl.mu.Unlock()
	execs := map[string]execution{}
	for _, e := range kl.execs {
		if e.Space != wf.Namespace {
			continue // equal names of workflows make equal node ids
		}
		if first, ok := execs[e.NodeID]; ok { // a container set or sidecars
			first.Log += e.Log
			e = first
		}
		execs[e.NodeID] = e
	}
	for id, n := range wf.Status.Nodes {
		o := nodeOut{ID: id, DisplayName: n.DisplayName, TemplateName: n.TemplateName, Type: n.Type, Phase: n.Phase,
			Message: n.Message, Parent: n.BoundaryID, Children: n.Children, name: n.Name, seen: 1 << 30}
		if r := n.TemplateRef; r != nil {
			o.TemplateRef, o.TemplateName = r.Name, r.Template
		}
		if x, ok := s.seen[id]; ok {
			o.seen = x
		}
		if n.Inputs != nil {
			o.Inputs = paramMap(n.Inputs.Parameters)
		}
		if n.Outputs != nil {
			o.Outputs, o.Result, o.ExitCode = paramMap(n.Outputs.Parameters), n.Outputs.Result, n.Outputs.ExitCode
		}
		if e, ok := execs[id]; ok {
			o.ExecSeq, o.Command = e.Seq, e.Command
			o.Start, o.End = float64(e.Start.UnixMicro())/1e6, float64(e.End.UnixMicro())/1e6
			if withLog {
				o.Log = &e.Log
			}
		}
		w.Nodes = append(w.Nodes, o)
	}
	sort.Slice(w.Nodes, func(i, j int) bool {
		a, b := w.Nodes[i], w.Nodes[j]
		switch {
		case a.seen != b.seen:
			return a.seen < b.seen
		case a.ExecSeq != b.ExecSeq:
			return a.ExecSeq < b.ExecSeq
		}
		return a.name < b.name
	})
	for i := range w.Nodes {
		w.Nodes[i].Order = i + 1
	}
	return w
}
