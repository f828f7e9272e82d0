'use strict';

// Values of curves under the pointer. The places of the points are in the page; the axes turn them into numbers again.
for (const svg of document.querySelectorAll('.plot svg[data-x]')) {
  const axis = name => svg.dataset[name].split(',').map(Number);
  const [x0, x1, left, right] = axis('x'), [y0, y1, bottom, top] = axis('y');
  const number = v => Math.abs(v) >= 1e-3 && Math.abs(v) < 1e6 || v === 0 ? +v.toPrecision(4) + '' : v.toExponential(2);
  const curves = [...svg.querySelectorAll('polyline:not(.raw):not(.level)')].map(line =>
    line.getAttribute('points').trim().split(' ').map(point => point.split(',').map(Number)));
  const mark = document.createElementNS(svg.namespaceURI, 'g');
  svg.append(mark);
  svg.addEventListener('pointerleave', () => mark.replaceChildren());
  svg.addEventListener('pointermove', event => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    const points = curves.map(curve => curve.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
    const at = points[0][0], end = at > (left + right) / 2;
    const step = Math.round(x0 + (at - left) / (right - left) * (x1 - x0));
    mark.innerHTML = `<path class="cursor" d="M${at} ${top}V${bottom}"/>` + points.map((p, k) =>
      `<text class="value" x="${at + (end ? -6 : 6)}" y="${top + 12 + 14 * k}"`
      + ` style="text-anchor:${end ? 'end' : 'start'}">` + number(y0 + (p[1] - bottom) / (top - bottom) * (y1 - y0)) + (k ? '' : ` at ${step}`) + '</text>').join('');
  });
}

// Tokens that are like the one chosen.
(() => {
  const root = document.getElementById('tokens');
  if (!root) return; // a page without them
  const data = JSON.parse(root.querySelector('script').textContent);
  const panes = [...root.querySelectorAll('[data-pane]')];
  const told = root.querySelector('.told');
  const sets = {};
  for (const [name, set] of Object.entries(data.tokens)) {
    sets[name] = set.grids.map(text => {
      const values = Int8Array.from(atob(text), c => c.charCodeAt(0));
      const tokens = [];
      for (let from = 0; from < values.length; from += set.channels) {
        const token = Float32Array.from(values.subarray(from, from + set.channels));
        const length = Math.hypot(...token) || 1;
        tokens.push(token.map(v => v / length));
      }
      return tokens;
    });
  }
  let set = 'trained', chosen = {pane: 0, token: data.token};

  function colour(value) {
    const at = value * (data.ramp.length - 1), stop = Math.min(Math.floor(at), data.ramp.length - 2);
    const part = (k, shift) => data.ramp[k] >> shift & 255;
    const mix = shift => part(stop, shift) * (stop + 1 - at) + part(stop + 1, shift) * (at - stop);
    return [mix(16), mix(8), mix(0), 255];
  }

  function outline(svg, pane, token, kind) {
    const view = svg.viewBox.baseVal, count = data.panes[pane].side, side = view.width / count;
    const rect = document.createElementNS(svg.namespaceURI, 'rect');
    const x = view.x + token % count * side, y = view.y + Math.floor(token / count) * side;
    for (const [name, value] of Object.entries({class: kind, x, y, width: side, height: side,
      'vector-effect': 'non-scaling-stroke'})) rect.setAttribute(name, value);
    svg.append(rect);
  }

  // The token of a pane that shows the middle of another pane's token, or -1.
  function partner(from, token, to) {
    const a = data.panes[from], b = data.panes[to];
    const row = Math.floor((a.row + (Math.floor(token / a.side) + .5) * a.step - b.row) / b.step);
    const column = Math.floor((a.column + (token % a.side + .5) * a.step - b.column) / b.step);
    return a.film === b.film && row >= 0 && row < b.side && column >= 0 && column < b.side ? row * b.side + column : -1;
  }

  function show() {
    const token = sets[set][chosen.pane][chosen.token];
    const names = panes.map(svg => svg.parentNode.querySelector('figcaption').textContent);
    const words = [];
    panes.forEach((svg, pane) => {
      const alike = sets[set][pane].map(other => other.reduce((sum, v, c) => sum + v * token[c], 0));
      const own = pane === chosen.pane ? chosen.token : -1;
      const others = alike.filter((_, i) => i !== own);
      const low = Math.min(...others), high = Math.max(...others), side = data.panes[pane].side;
      const canvas = Object.assign(document.createElement('canvas'), {width: side, height: side});
      const image = new ImageData(side, side);
      alike.forEach((v, i) => image.data.set(colour(Math.min(1, Math.max(0, (v - low) / (high - low || 1)))), 4 * i));
      canvas.getContext('2d').putImageData(image, 0, 0);
      svg.querySelector('.map').setAttribute('href', canvas.toDataURL());
      svg.querySelectorAll('rect').forEach(rect => rect.remove());
      if (own >= 0) {
        outline(svg, pane, own, 'chosen');
        return;
      }
      const best = alike.indexOf(high), exact = partner(chosen.pane, chosen.token, pane);
      outline(svg, pane, best, 'most');
      let text = `${names[pane]}: cosines ${low.toFixed(2)} to ${high.toFixed(2)}`;
      if (exact >= 0) {
        outline(svg, pane, exact, 'partner');
        const rows = Math.abs(Math.floor(best / side) - Math.floor(exact / side));
        const far = Math.max(Math.abs(best % side - exact % side), rows);
        text += '; the most similar token is ' + (far ? `${far} from ` : '') + 'the right one';
      }
      words.push(text);
    });
    told.textContent = `Token of ${names[chosen.pane]}, ${set}. ${words.join('. ')}.`;
  }

  function choose(svg, pane, event) {
    const box = svg.getBoundingClientRect(), side = data.panes[pane].side;
    const at = (place, from, length) => Math.min(side - 1, Math.max(0, Math.floor((place - from) / length * side)));
    chosen = {pane, token: at(event.clientY, box.top, box.height) * side + at(event.clientX, box.left, box.width)};
    show();
  }

  panes.forEach((svg, pane) => {
    svg.addEventListener('pointerdown', event => choose(svg, pane, event));
    svg.addEventListener('pointermove', event => event.buttons && choose(svg, pane, event));
  });
  if (Object.keys(sets).length > 1) {
    root.querySelector('.choice').innerHTML = Object.keys(sets).map(name => '<label><input type="radio" name="set"'
      + ` value="${name}"${name === set ? ' checked' : ''}> ${name}</label>`).join('');
    root.addEventListener('change', event => { set = event.target.value; show(); });
  }
  show();
})();
