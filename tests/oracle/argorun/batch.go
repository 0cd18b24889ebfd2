package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	wfclientset "github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-workflows/v3/workflow/common"
)

// batchCase is a set of manifests in a namespace of its own, and what to
// submit there. Env is given to every container; Binds are host folders that
// the containers see under the same path. Images maps image patterns (path.Match;
// first match wins) to folders put before PATH.
type batchCase struct {
	Namespace string            `json:"namespace"`
	Files     []string          `json:"files"`
	Overrides []string          `json:"overrides"`
	Env       map[string]string `json:"env"`
	Binds     []string          `json:"binds"`
	Images    [][2]string       `json:"images"`
	Submit    []submission      `json:"submit"`
	Timeout   float64           `json:"timeout"`
	PerPodTmp bool              `json:"-"`
}

// submission starts a Workflow. Wait holds the next one back until it is over.
type submission struct {
	From          string            `json:"from"`
	Parameters    map[string]string `json:"parameters"`
	ScheduledTime string            `json:"scheduledTime"`
	Name          string            `json:"name"`
	Wait          bool              `json:"wait"`
}

func readBatch(file string) ([]batchCase, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec struct {
		Cases []batchCase `json:"cases"`
	}
	if err := json.Unmarshal(b, &spec); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return spec.Cases, nil
}

// pathFor is the PATH folder of an image.
func (c *batchCase) pathFor(image string) string {
	for _, rule := range c.Images {
		if ok, _ := path.Match(rule[0], image); ok || strings.HasPrefix(image, strings.TrimSuffix(rule[0], "*")) && strings.HasSuffix(rule[0], "*") {
			return rule[1]
		}
	}
	return ""
}

// workflow makes the Workflow of a submission.
func (c *batchCase) workflow(s submission, crons map[string]*wfv1.CronWorkflow, loaded map[string]*wfv1.Workflow) (*wfv1.Workflow, error) {
	kind, name, _ := strings.Cut(s.From, "/")
	when := time.Now()
	if s.ScheduledTime != "" {
		var err error
		if when, err = time.Parse(time.RFC3339, s.ScheduledTime); err != nil {
			return nil, err
		}
	}
	var wf *wfv1.Workflow
	switch kind {
	case "workflowtemplate", "clusterworkflowtemplate":
		wf = common.NewWorkflowFromWorkflowTemplate(name, kind[0] == 'c')
	case "workflow":
		if wf = loaded[name]; wf == nil {
			return nil, fmt.Errorf("no Workflow %s", name)
		}
	case "cronworkflow":
		cron := crons[name]
		if cron == nil {
			return nil, fmt.Errorf("no CronWorkflow %s", name)
		}
		wf = common.ConvertCronWorkflowToWorkflowWithProperties(cron, fmt.Sprintf("%s-%d", name, when.Unix()), when)
	default:
		return nil, fmt.Errorf("cannot submit from %q", s.From)
	}
	wf.Namespace = c.Namespace
	if s.Name != "" {
		wf.Name, wf.GenerateName = s.Name, ""
	}
	names := make([]string, 0, len(s.Parameters))
	for n := range s.Parameters {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		setParam(&wf.Spec.Arguments, n, s.Parameters[n])
	}
	wf.TypeMeta = metav1.TypeMeta{Kind: "Workflow", APIVersion: "argoproj.io/v1alpha1"}
	return wf, nil
}

// tracker holds every Workflow that appears, submitted or made by another one.
type tracker struct {
	mu      sync.Mutex
	byName  map[string]*submitted
	order   []*submitted
	updates int
}

func (t *tracker) see(wf *wfv1.Workflow) *submitted {
	t.updates++
	k := key(wf.Namespace, wf.Name)
	s := t.byName[k]
	if s == nil {
		s = &submitted{source: "created", start: time.Now(), seen: map[string]int{}}
		t.byName[k] = s
		t.order = append(t.order, s)
	}
	if s.done {
		return s
	}
	s.wf = wf
	for id, n := range wf.Status.Nodes {
		if _, ok := s.seen[id]; !ok && !n.StartedAt.IsZero() {
			s.seen[id] = t.updates
		}
	}
	if wf.Status.Fulfilled() {
		s.done, s.end = true, time.Now()
	}
	return s
}

func (t *tracker) open(ns, name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.order {
		if s.wf.Namespace == ns && (name == "" || s.wf.Name == name) && !s.done {
			return true
		}
	}
	return false
}

// runCase loads and submits one case and waits until all its Workflows are over.
func runCase(ctx context.Context, c *batchCase, st *store, wfc wfclientset.Interface, t *tracker) error {
	_, _ = st.create("v1", "namespaces", "", object{"metadata": object{"name": c.Namespace}})
	_, _ = st.create("v1", "serviceaccounts", c.Namespace, object{"metadata": object{"name": "default"}})
	subs, crons, err := load(st, c.Namespace, append(append([]string{}, c.Files...), c.Overrides...), map[string]bool{})
	if err != nil {
		return err
	}
	loaded := map[string]*wfv1.Workflow{}
	for _, s := range subs {
		loaded[s.wf.Name] = s.wf
	}
	limit := c.Timeout
	if limit == 0 {
		limit = 120
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(limit*float64(time.Second)))
	defer cancel()
	// As on a cluster, templates are there for a while before somebody starts them: the controller's caches have them.
	time.Sleep(time.Second)
	for _, s := range c.Submit {
		wf, err := c.workflow(s, crons, loaded)
		if err != nil {
			return err
		}
		t.mu.Lock()
		made, err := wfc.ArgoprojV1alpha1().Workflows(c.Namespace).Create(ctx, wf, metav1.CreateOptions{})
		if err == nil {
			t.see(made).source = s.From
		}
		t.mu.Unlock()
		if err != nil {
			return fmt.Errorf("submit %s: %w", s.From, err)
		}
		if s.Wait && !wait(ctx, t, c.Namespace, made.Name) {
			return nil
		}
	}
	wait(ctx, t, c.Namespace, "")
	return nil
}

func wait(ctx context.Context, t *tracker, ns, name string) bool {
	for t.open(ns, name) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
	return true
}
