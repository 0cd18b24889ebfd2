"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const read = (id) => JSON.parse($(id).textContent);
  const R = read("data"), CODES = read("codes");
  const ORDER = ["converted", "caveat", "manual", "not-converted", "failed"];
  const byId = new Map(R.workflows.map((w, i) => [w.id, { w, i }]));
  const findingsOf = new Map();
  for (const f of R.findings) { const k = f.workflow || ""; (findingsOf.get(k) || findingsOf.set(k, []).get(k)).push(f); }
  const view = $("view");

  function h(tag, props, ...kids) {
    const el = document.createElement(tag);
    for (const [k, v] of Object.entries(props || {})) {
      if (v === null || v === undefined || v === false) continue;
      if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
      else if (k === "class") el.className = v;
      else el.setAttribute(k, v === true ? "" : v);
    }
    for (const kid of kids.flat(9)) if (kid !== null && kid !== undefined && kid !== false) el.append(kid);
    return el;
  }
  const NS = "http://www.w3.org/2000/svg";
  function s(tag, props, ...kids) {
    const el = document.createElementNS(NS, tag);
    for (const [k, v] of Object.entries(props || {})) k.startsWith("on") ? el.addEventListener(k.slice(2), v) : el.setAttribute(k, v);
    el.append(...kids);
    return el;
  }
  const badge = (d) => h("span", { class: `badge d-${d}` }, d);
  const place = (x) => x.line ? `${x.file}:${x.line}` : x.file;
  const link = (id) => `#/workflow/${encodeURIComponent(id)}`;
  const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const loaded = new Map();
  function details(i) { if (!loaded.has(i)) { const el = $(`w${i}`); loaded.set(i, el ? JSON.parse(el.textContent) : { excerpts: {}, manifests: [], snippets: {} }); } return loaded.get(i); }
  function bar(counts, mini) {
    const el = h("div", { class: mini ? "bar mini" : "bar", role: "img", "aria-label": ORDER.filter((d) => counts[d]).map((d) => `${counts[d]} ${d}`).join(", ") });
    for (const d of ORDER) if (counts[d]) { const i = h("i", { class: `d-${d}`, title: `${d}: ${counts[d]}` }); i.style.flexGrow = counts[d]; el.append(i); }
    return el;
  }
  const tally = (rows) => rows.reduce((c, r) => { c[r.disposition] = (c[r.disposition] || 0) + 1; return c; }, {});
  function prose(text) {
    return text.split(/\n\s*\n/).map((p) => h("p", {}, marked(p.replace(/\s+/g, " "))));
  }
  function marked(text) { return text.split(/(`[^`]+`)/).map((t) => t.startsWith("`") && t.length > 2 ? h("code", {}, t.slice(1, -1)) : t); }

  /* panes with code */
  function pane(title, first, text, hit, yaml) {
    const pre = h("pre", { tabindex: "0" });
    text.replace(/\n$/, "").split("\n").forEach((line, n) => {
      const el = h("span", { "data-n": first + n, class: first + n === hit ? "hit" : null });
      const m = yaml && /^(\s*(?:- )?)([A-Za-z_][\w./-]*:)(.*)$/.exec(line);
      if (yaml && /^\s*#/.test(line)) el.append(h("span", { class: "c" }, line).firstChild);
      else if (m) { const k = document.createElement("b"); k.className = "k"; k.style.fontWeight = 400; k.textContent = m[2]; el.append(m[1], k, m[3]); }
      else el.append(line);
      if (yaml && /^\s*#/.test(line)) el.classList.add("c");
      pre.append(el);
    });
    return h("div", { class: yaml ? "pane yaml" : "pane" }, h("div", { title }, title), pre);
  }
  function block(text, name) {
    /* the template of a step, else the step: the longest block that starts with `- name: NAME` */
    const lines = text.split("\n"); let best = null;
    lines.forEach((line, n) => {
      const m = /^(\s*)- name: "?([^"\s]+)"?\s*$/.exec(line);
      if (!m || m[2] !== name) return;
      let end = n + 1;
      while (end < lines.length && (lines[end].trim() === "" || lines[end].search(/\S/) > m[1].length)) end++;
      let start = n;
      while (start > 0 && /^\s*#/.test(lines[start - 1])) start--;
      if (!best || end - start > best.end - best.start) best = { start, end, n };
    });
    return best && { first: best.start + 1, text: lines.slice(best.start, Math.min(best.end, best.start + 80)).join("\n") };
  }
  function sides(f, entry) {
    const out = h("div", { class: "pair" });
    if (!entry) return null;
    const d = details(entry.i), ex = d.excerpts[`${f.file}:${f.line}`];
    if (ex) out.append(pane(`${f.file}:${f.line}`, ex[0], ex[1], f.line));
    const task = f.task && entry.w.tasks.find((t) => t.id === f.task);
    if (task && task.argo) for (const [path, text] of d.manifests) {
      const b = block(text, task.argo);
      if (b) { out.append(pane(`${path}  \u00b7  ${task.argo}`, b.first, b.text, null, true)); break; }
    }
    if (task && d.snippets[task.id] && !out.querySelector(".yaml")) { const [path, first, text] = d.snippets[task.id]; out.append(pane(`${path}  \u00b7  ${task.argo}`, first, text, null, true)); }
    if (out.children.length === 1) out.classList.add("one");
    return out.children.length ? out : null;
  }
  function finding(f, inWorkflow, open) {
    const entry = f.workflow ? byId.get(f.workflow) : null;
    const el = h("details", { class: "finding" },
      h("summary", {}, badge(f.disposition), h("span", { class: "chip" }, f.code),
        h("span", { class: "break" }, f.task ? h("b", {}, inWorkflow ? `${f.task}  ` : `${f.workflow} \u00b7 ${f.task}  `) : (!inWorkflow && f.workflow ? h("b", {}, `${f.workflow}  `) : ""), marked(f.message)),
        h("span", { class: "where mono" }, place(f))));
    el.addEventListener("toggle", () => {
      if (!el.open || el.querySelector(".body")) return;
      const c = CODES[f.code] || { name: f.name, why: "", what: "" };
      el.append(h("div", { class: "body" },
        h("div", { class: "advice" }, h("div", {}, h("h3", {}, `${c.name}: why it matters`), ...prose(c.why)), h("div", {}, h("h3", {}, "What to do"), ...prose(c.what))),
        sides(f, entry), !inWorkflow && entry ? h("p", {}, h("a", { href: link(f.workflow) }, `Open workflow ${f.workflow}`)) : null));
    });
    el.open = Boolean(open);
    return el;
  }
  function longList(items, make, size) {
    const box = h("div"); let at = 0;
    const more = h("button", { class: "more" });
    const step = () => { const part = items.slice(at, at + size); at += part.length; more.before(...part.map(make)); more.textContent = `Show more (${items.length - at} left)`; more.hidden = at >= items.length; };
    more.addEventListener("click", step); box.append(more); step();
    return box;
  }

  /* pages */
  function overview() {
    const w = R.summary.workflows, t = R.summary.tasks;
    const cells = (counts, hash) => h("div", { class: "tally" }, ORDER.map((d) => h(hash ? "a" : "div", { class: `d-${d}${counts[d] ? "" : " zero"}`, href: hash ? `#/workflows?d=${d}` : null }, h("b", {}, String(counts[d] || 0)), h("span", {}, d))));
    const sum = (o) => Object.values(o).reduce((a, b) => a + b, 0);
    const codes = R.summary.codes.filter((c) => c.severity !== "info").slice(0, 12);
    const rest = R.summary.codes.filter((c) => c.severity === "info").reduce((a, c) => a + c.count, 0);
    return [
      h("h1", {}, `${plural(sum(w), "workflow")}, ${plural(sum(t), "task")}`),
      h("p", { class: "lead" }, `Read from ${plural(R.summary.files_read, R.system[0].toUpperCase() + R.system.slice(1) + " file")}. What carries no finding behaves in Argo as before; everything else is listed here with its place in the source. Estimated effort: ${R.summary.points} points.`),
      h("div", { class: "grid" },
        h("section", { class: "panel" }, h("h2", {}, "Workflows"), bar(w), cells(w, true)),
        h("section", { class: "panel" }, h("h2", {}, "Tasks"), bar(t), cells(t, false))),
      h("div", { class: "grid" },
        h("section", { class: "panel flush" }, h("h2", {}, "Findings that need attention"), codes.length ? h("table", {}, h("tbody", {}, codes.map((c) => h("tr", { class: "go", onclick: () => { location.hash = `#/findings?code=${c.code}`; } }, h("td", {}, h("a", { class: "chip", href: `#/findings?code=${c.code}` }, c.code)), h("td", {}, (CODES[c.code] || {}).summary || c.name), h("td", { class: "num" }, String(c.count)), h("td", { class: "num soft" }, c.workflows ? plural(c.workflows, "workflow") : ""))))) : h("div", { class: "empty" }, "None. Every task behaves as before."),
          rest ? h("div", { class: "empty", style: "padding:12px" }, h("a", { href: "#/findings?d=converted" }, `${plural(rest, "note")} that change nothing`)) : null),
        h("div", {},
          h("section", { class: "panel flush", style: "margin-bottom:18px" }, h("h2", {}, "Next best mappings"), R.next_mappings.length ? h("table", {}, h("tbody", {}, R.next_mappings.slice(0, 6).map((m) => h("tr", {}, h("td", {}, m.operators.map((o) => [h("span", { class: "chip" }, o), " "])), h("td", { class: "num" }, `+${plural(m.workflows, "workflow")}`), h("td", { class: "num soft" }, plural(m.tasks, "task")))))) : h("div", { class: "empty" }, "No workflow waits only for an operator mapping.")),
          R.supply.length ? h("section", { class: "panel flush", style: "margin-bottom:18px" }, h("h2", {}, "Values to supply"), h("table", {}, h("tbody", {}, R.supply.slice(0, 8).map((v) => h("tr", {}, h("td", { class: "mono break" }, v.name), h("td", { class: "num soft" }, plural(v.workflows, "workflow"))))))) : null,
          h("section", { class: "panel flush" }, h("h2", {}, "Before the first run"), needs(R.prerequisites)))),
    ];
  }
  function needs(list) {
    const kinds = new Map();
    for (const p of list) kinds.set(p.kind, (kinds.get(p.kind) || 0) + 1);
    if (!kinds.size) return h("div", { class: "empty" }, "Nothing is needed.");
    return h("table", {}, h("tbody", {}, [...kinds].map(([k, n]) => h("tr", { class: "go", onclick: () => { location.hash = `#/prerequisites?kind=${encodeURIComponent(k)}`; } }, h("td", {}, h("a", { href: `#/prerequisites?kind=${encodeURIComponent(k)}` }, k)), h("td", { class: "num" }, String(n))))));
  }
  function chips(q, page, counts) {
    return ORDER.filter((d) => counts[d]).map((d) => h("button", { class: `toggle d-${d}`, "aria-pressed": String(q.get("d") === d), onclick: () => go(page, q, "d", q.get("d") === d ? "" : d) }, badge(d), " ", h("span", { class: "count" }, String(counts[d]))));
  }
  function go(page, q, key, value) { const n = new URLSearchParams(q); value ? n.set(key, value) : n.delete(key); const t = n.toString(); location.hash = `#/${page}${t ? "?" + t : ""}`; }
  function sortable(title, key, q, page, num) {
    const on = (q.get("sort") || "d-") === key || (q.get("sort") || "") === key + "-", down = (q.get("sort") || "d-").endsWith("-");
    return h("th", { class: num ? "num" : null, "aria-sort": on ? (down ? "descending" : "ascending") : null }, h("button", { tabindex: "0", onclick: () => go(page, q, "sort", on && !down ? key + "-" : key) }, title));
  }
  const concerning = (w) => (findingsOf.get(w.id) || []).concat(w.file_findings.map((n) => R.findings[n]));
  const KEYS = { d: (w) => ORDER.indexOf(w.disposition), id: (w) => w.id.toLowerCase(), file: (w) => w.file, tasks: (w) => w.tasks.length, f: (w) => concerning(w).filter((f) => f.severity !== "info").length, points: (w) => w.points };
  function workflows(q) {
    const text = (q.get("q") || "").toLowerCase(), d = q.get("d"), sort = q.get("sort") || "d-", key = KEYS[sort.replace(/-$/, "")] || KEYS.d, sign = sort.endsWith("-") ? -1 : 1;
    let list = R.workflows.filter((w) => !text || `${w.id} ${w.file} ${w.argo || ""} ${w.tasks.map((t) => t.id + " " + t.operator).join(" ")}`.toLowerCase().includes(text));
    const counts = tally(list);
    if (d) list = list.filter((w) => w.disposition === d);
    list = list.map((w) => [key(w), w]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * sign || (a[1].id < b[1].id ? -1 : 1)).map((p) => p[1]);
    const body = h("tbody", { class: "rows" });
    const row = (w) => h("tr", { class: "go", "data-href": link(w.id), onclick: () => { location.hash = link(w.id); } }, h("td", {}, badge(w.disposition)), h("td", {}, h("a", { class: "name break", href: link(w.id) }, w.id), h("div", { class: "faint mono break" }, place(w))), h("td", { class: "soft mono" }, w.schedule || ""), h("td", {}, bar(tally(w.tasks), true)), h("td", { class: "num" }, String(w.tasks.length)), h("td", { class: "num" }, String(KEYS.f(w))), h("td", { class: "num" }, String(w.points)));
    const more = h("button", { class: "more" }); let at = 0;
    const step = () => { const part = list.slice(at, at + 100); at += part.length; body.append(...part.map(row)); more.textContent = `Show more (${list.length - at} left)`; more.hidden = at >= list.length; };
    more.addEventListener("click", step); step();
    return [h("div", { class: "filters" }, h("h1", {}, "Workflows"), h("span", { class: "grow" }), chips(q, "workflows", counts), d || text ? h("button", { class: "toggle", onclick: () => { location.hash = "#/workflows"; } }, "Clear") : null),
      h("section", { class: "panel flush" }, list.length ? [h("table", {}, h("thead", {}, h("tr", {}, sortable("Disposition", "d", q, "workflows"), sortable("Workflow", "id", q, "workflows"), h("th", {}, "Schedule"), h("th", {}, "Tasks by disposition"), sortable("Tasks", "tasks", q, "workflows", true), sortable("Findings", "f", q, "workflows", true), sortable("Points", "points", q, "workflows", true))), body), more] : h("div", { class: "empty" }, "No workflow matches."))];
  }
  function findings(q) {
    const text = (q.get("q") || "").toLowerCase(), d = q.get("d"), code = q.get("code"), wf = q.get("workflow");
    const base = R.findings.filter((f) => (!text || `${f.code} ${f.name} ${f.message} ${f.file} ${f.workflow || ""} ${f.task || ""}`.toLowerCase().includes(text)) && (!code || f.code === code) && (!wf || f.workflow === wf));
    const counts = tally(base);
    const list = base.filter((f) => d ? f.disposition === d : code || text || wf || f.severity !== "info").sort((a, b) => ORDER.indexOf(b.disposition) - ORDER.indexOf(a.disposition));
    const pick = (key, any, options) => h("select", { "aria-label": any, onchange: (e) => go("findings", q, key, e.target.value) }, h("option", { value: "" }, any), options.map(([v, t]) => h("option", { value: v, selected: q.get(key) === v }, t)));
    return [h("div", { class: "filters" }, h("h1", {}, "Findings"), h("span", { class: "grow" }), chips(q, "findings", counts),
      pick("code", "All codes", R.summary.codes.map((c) => [c.code, `${c.code} ${c.name} (${c.count})`])), pick("workflow", "All workflows", R.workflows.filter((w) => findingsOf.has(w.id)).map((w) => [w.id, w.id])),
      [...q.keys()].length ? h("button", { class: "toggle", onclick: () => { location.hash = "#/findings"; } }, "Clear") : null),
    h("section", { class: "panel flush rows" }, list.length ? longList(list, (f) => finding(f, false, list.length === 1), 100) : h("div", { class: "empty" }, R.findings.length ? "No finding matches. Notes that change nothing are shown with the filter \u201cconverted\u201d." : "No findings."))];
  }
  function workflow(id, q) {
    const entry = byId.get(id);
    if (!entry) return [h("div", { class: "panel empty" }, `There is no workflow ${id}.`)];
    const w = entry.w, mine = findingsOf.get(id) || [], shared = w.file_findings.map((n) => R.findings[n]).filter((f) => f.severity !== "info");
    const real = mine.filter((f) => f.severity !== "info").sort((a, b) => ORDER.indexOf(b.disposition) - ORDER.indexOf(a.disposition)), notes = mine.filter((f) => f.severity === "info");
    const d = details(entry.i), only = q.get("task");
    const fact = (k, v) => v ? h("div", {}, h("dt", {}, k), h("dd", { class: "mono break" }, v)) : null;
    const needsOf = R.prerequisites.filter((p) => p.workflows.includes(id));
    return [
      h("div", { class: "crumbs" }, h("a", { href: "#/workflows" }, "Workflows"), " / ", id),
      h("section", { class: "panel" }, h("div", { style: "display:flex;gap:14px;align-items:center;flex-wrap:wrap" }, h("h1", { class: "break" }, id), badge(w.disposition)),
        h("dl", { class: "facts" }, fact("Source", place(w)), fact("In Argo", w.argo || "nothing was written"), fact("Schedule", w.schedule || "none"), fact("Tasks", String(w.tasks.length)), fact("Effort points", String(w.points)))),
      h("section", { class: "panel flush" }, h("h2", {}, "Graph"), graph(w)),
      h("section", { class: "panel flush" }, h("h2", {}, only ? `Findings of ${only}` : "Findings"), list(only ? mine.filter((f) => f.task === only).sort((a, b) => ORDER.indexOf(b.disposition) - ORDER.indexOf(a.disposition)) : real.concat(shared), notes, only)),
      h("section", { class: "panel flush" }, h("h2", {}, "Tasks"), h("table", {}, h("thead", {}, h("tr", {}, ["Disposition", "Task", "Operator", "Becomes", "Rule", "Findings"].map((t) => h("th", {}, t)))), h("tbody", {}, w.tasks.map((t) => h("tr", { class: "go", id: `t-${t.id}`, onclick: () => go(`workflow/${encodeURIComponent(id)}`, new URLSearchParams(), "task", t.id) }, h("td", {}, badge(t.disposition)), h("td", {}, h("span", { class: "name break" }, t.id), h("div", { class: "faint mono" }, t.argo && t.argo !== t.id ? `${place(t)}  \u2192  ${t.argo}` : place(t))), h("td", { class: "soft" }, t.operator), h("td", { class: "soft" }, t.action), h("td", { class: "soft" }, t.rule === "all_success" ? "" : t.rule), h("td", {}, t.codes.map((c) => [h("span", { class: "chip" }, c), " "]))))))),
      needsOf.length ? h("section", { class: "panel flush" }, h("h2", {}, "Needs"), prereqTable(needsOf, false)) : null,
      Object.keys(d.snippets).length && !d.manifests.some(([p]) => p.endsWith("workflow-template.yaml")) ? h("p", { class: "soft" }, `The manifest is too large to be shown here: ${w.files[0] || ""} and its neighbours in the output folder.`) : null,
      d.manifests.length ? h("section", { class: "panel flush files" }, h("h2", {}, "Manifests"), d.manifests.map(([path, text]) => { const el = h("details", {}, h("summary", { class: "mono" }, path, " ", h("span", { class: "count" }, plural(text.split("\n").length - 1, "line")))); el.addEventListener("toggle", () => { if (el.open && !el.querySelector(".pane")) el.append(pane(path, 1, text, null, true)); }); return el; })) : null,
    ];
    function list(items, info, task) {
      const box = h("div", { class: "rows" });
      if (items.length) box.append(longList(items, (f) => finding(f, true, items.length === 1), 50));
      else box.append(h("div", { class: "empty" }, task ? "No finding: this task behaves as before." : "No finding that needs attention."));
      if (task) box.append(h("div", { style: "padding:10px 20px" }, h("a", { href: link(id) }, "All findings of the workflow")));
      else if (info.length) { const el = h("details", {}, h("summary", { style: "padding:10px 20px;cursor:pointer", class: "soft" }, `${plural(info.length, "note")} that change nothing`)); el.addEventListener("toggle", () => { if (el.open && el.children.length === 1) el.append(longList(info, (f) => finding(f, true), 50)); }); box.append(el); }
      return box;
    }
  }
  function prereqTable(list, users) {
    return h("table", {}, h("thead", {}, h("tr", {}, ["Kind", "Name", "Keys"].concat(users ? ["Needed by"] : []).map((t) => h("th", {}, t)))), h("tbody", {}, list.map((p) => h("tr", {}, h("td", { class: "soft" }, p.kind), h("td", { class: "mono break" }, p.name), h("td", { class: "mono soft break" }, p.keys.join(", ")), users ? h("td", { class: "break" }, p.workflows.slice(0, 8).map((id, n) => [h("a", { href: link(id) }, id), n < Math.min(p.workflows.length, 8) - 1 ? ", " : " "]), p.workflows.length > 8 ? h("span", { class: "faint" }, `and ${p.workflows.length - 8} more`) : null) : null))));
  }
  function prerequisites(q) {
    const kind = q.get("kind"), text = (q.get("q") || "").toLowerCase();
    const kinds = [...new Set(R.prerequisites.map((p) => p.kind))];
    const list = R.prerequisites.filter((p) => (!kind || p.kind === kind) && (!text || `${p.kind} ${p.name} ${p.keys.join(" ")}`.toLowerCase().includes(text)));
    return [h("div", { class: "filters" }, h("h1", {}, "Before the first run"), h("span", { class: "grow" }), kinds.map((k) => h("button", { class: "toggle", "aria-pressed": String(k === kind), onclick: () => go("prerequisites", q, "kind", k === kind ? "" : k) }, k, " ", h("span", { class: "count" }, String(R.prerequisites.filter((p) => p.kind === k).length))))),
      h("section", { class: "panel flush" }, list.length ? prereqTable(list, true) : h("div", { class: "empty" }, "Nothing is needed."))];
  }
  function files(q) {
    const text = (q.get("q") || "").toLowerCase();
    const list = R.files.filter((f) => !text || `${f.file} ${f.reason}`.toLowerCase().includes(text));
    return [h("div", { class: "filters" }, h("h1", {}, "Files without workflows")),
      h("section", { class: "panel flush" }, list.length ? h("table", {}, h("thead", {}, h("tr", {}, ["Disposition", "File", "Codes", "Why"].map((t) => h("th", {}, t)))), h("tbody", {}, list.map((f) => h("tr", {}, h("td", {}, badge(f.disposition)), h("td", { class: "mono break" }, f.file), h("td", {}, f.codes.map((c) => [h("a", { class: "chip", href: `#/findings?code=${c}` }, c), " "])), h("td", { class: "break" }, f.reason))))) : h("div", { class: "empty" }, "Every file that was read defines a workflow."))];
  }

  /* graph: layers by longest path, order by the middle of the upstreams */
  function graph(w) {
    const known = new Map(w.tasks.map((t) => [t.id, t]));
    if (w.tasks.length > 400) return h("div", { class: "empty" }, "Too many tasks to draw.");
    const depth = new Map();
    const deep = (t, trail) => { if (depth.has(t.id)) return depth.get(t.id); if (trail.has(t.id)) return 0; trail.add(t.id); let n = 0; for (const u of t.upstream) if (known.has(u)) n = Math.max(n, deep(known.get(u), trail) + 1); trail.delete(t.id); depth.set(t.id, n); return n; };
    w.tasks.forEach((t) => deep(t, new Set()));
    const layers = []; w.tasks.forEach((t) => (layers[depth.get(t.id)] ||= []).push({ id: t.id, ups: [], t }));
    const cell = new Map(); layers.forEach((l) => l.forEach((c) => cell.set(c.id, c)));
    const chains = []; /* an edge over several layers passes through empty cells, so that it never crosses a box */
    for (const t of w.tasks) for (const u of t.upstream) if (cell.has(u)) {
      const chain = [cell.get(u)];
      for (let x = depth.get(u) + 1; x < depth.get(t.id); x++) { const c = { ups: [chain[chain.length - 1]], thin: true }; layers[x].push(c); chain.push(c); }
      cell.get(t.id).ups.push(chain[chain.length - 1]); chain.push(cell.get(t.id)); chains.push(chain);
    }
    const W = 168, H = 38, GX = 44, GY = 14, high = (c) => c.thin ? 8 : H, at = new Map();
    const size = (l) => l.reduce((n, c) => n + high(c) + GY, -GY), tall = Math.max(...layers.map(size), H);
    layers.forEach((layer, x) => {
      const middle = (c) => c.ups.length ? c.ups.reduce((n, u) => n + u.y + high(u) / 2, 0) / c.ups.length : -1;
      layer.map((c, n) => [middle(c), n, c]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).reduce((y, [, , c]) => { c.x = x * (W + GX) + 2; c.y = y; return y + high(c) + GY; }, (tall - size(layer)) / 2 + 2);
      layer.forEach((c) => { if (c.t) at.set(c.id, c); });
    });
    const wide = layers.length * (W + GX) - GX + 4;
    const svg = s("svg", { width: wide, height: tall + 4, viewBox: `0 0 ${wide} ${tall + 4}`, role: "img", style: wide < 1700 ? "max-width:100%;height:auto" : "" });
    for (const chain of chains) {
      let d = "";
      chain.forEach((c, n) => {
        const y = c.y + high(c) / 2;
        if (!n) { d = `M${c.x + W},${y}`; return; }
        const p = chain[n - 1], py = p.y + high(p) / 2, x1 = p.x + W, m = (c.x - x1) / 2;
        d += ` C${x1 + m},${py} ${c.x - m},${y} ${c.x},${y}`;
        if (c.thin) d += ` L${c.x + W},${y}`;
      });
      svg.append(s("path", { d }));
    }
    const cut = (t, n) => t.length > n ? "\u2026" + t.slice(1 - n) : t;
    for (const t of w.tasks) {
      const p = at.get(t.id), title = s("title", {}); title.textContent = `${t.id} (${t.operator}): ${t.disposition}`;
      const a = s("text", { x: p.x + 14, y: p.y + 16 }), b = s("text", { class: "op", x: p.x + 14, y: p.y + 30 }); a.textContent = cut(t.id, 23); b.textContent = cut(t.operator, 26);
      svg.append(s("g", { class: `node d-${t.disposition}`, onclick: () => go(`workflow/${encodeURIComponent(w.id)}`, new URLSearchParams(), "task", t.id) }, title, s("rect", { class: "box", x: p.x, y: p.y, width: W, height: H, rx: 7 }), s("rect", { class: "tag", x: p.x, y: p.y + 7, width: 4, height: H - 14, rx: 2 }), a, b));
    }
    return w.tasks.length ? h("div", { class: "graph" }, svg) : h("div", { class: "empty" }, "No tasks.");
  }

  /* routing, search, keys */
  const PAGES = { overview, workflows, findings, prerequisites, files };
  let cursor = -1;
  function show() {
    const [path, query] = (location.hash.replace(/^#\//, "") || "overview").split("?");
    const q = new URLSearchParams(query || ""), [page, ...rest] = path.split("/");
    const made = page === "workflow" ? workflow(decodeURIComponent(rest.join("/")), q) : (PAGES[page] || overview)(q);
    view.replaceChildren(...made.flat().filter(Boolean));
    document.querySelectorAll("nav.tabs a").forEach((a) => { const on = a.getAttribute("href") === `#/${page === "workflow" ? "workflows" : page}`; on ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current"); });
    if (document.activeElement !== $("search")) $("search").value = q.get("q") || "";
    cursor = -1;
    if (document.activeElement !== $("search")) window.scrollTo(0, 0);
    const task = q.get("task"); if (task) { const row = $(`t-${task}`); if (row) row.classList.add("at"); }
  }
  let timer = 0;
  $("search").addEventListener("input", (e) => { clearTimeout(timer); timer = setTimeout(() => {
    const [path, query] = (location.hash.replace(/^#\//, "") || "overview").split("?"); const page = ["findings", "prerequisites", "files"].includes(path) ? path : "workflows";
    go(page, page === path ? new URLSearchParams(query || "") : new URLSearchParams(), "q", e.target.value); }, 120); });
  function move(step) {
    const rows = [...view.querySelectorAll("tr.go, details.finding")].filter((r) => r.offsetParent !== null); if (!rows.length) return;
    rows[cursor]?.classList.remove("at"); cursor = Math.max(0, Math.min(rows.length - 1, cursor + step)); rows[cursor].classList.add("at"); rows[cursor].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName || "");
    if (e.key === "Escape") { if (typing) document.activeElement.blur(); else if (!$("help").open && location.hash.startsWith("#/workflow/")) history.length > 1 ? history.back() : (location.hash = "#/workflows"); return; }
    if (typing) { if (e.key === "Enter" || e.key === "ArrowDown") { document.activeElement.blur(); move(1); } return; }
    const tabs = { 1: "overview", 2: "workflows", 3: "findings", 4: "prerequisites", 5: "files" };
    if (e.key === "/") { e.preventDefault(); $("search").focus(); $("search").select(); }
    else if (e.key === "?") $("help").showModal();
    else if (tabs[e.key]) location.hash = `#/${tabs[e.key]}`;
    else if (e.key === "j") move(1); else if (e.key === "k") move(-1);
    else if (e.key === "Enter" && cursor >= 0) { const row = view.querySelector(".at"); if (row?.tagName === "DETAILS") row.open = !row.open; else row?.click(); }
  });
  $("theme").addEventListener("click", () => { const root = document.documentElement, dark = getComputedStyle(root).colorScheme.includes("dark"); root.dataset.theme = dark ? "light" : "dark"; });
  $("keys").addEventListener("click", () => $("help").showModal());
  window.addEventListener("hashchange", show);
  show();
})();
