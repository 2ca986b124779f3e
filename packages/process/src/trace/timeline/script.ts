/** What the page does: shows the details of the task below the pointer, and leads to its row of the table. */
export const SCRIPT: string = `
const tip = document.getElementById('tip');
for (const title of document.querySelectorAll('.task > title')) {
  title.parentNode.dataset.tip = title.textContent;
  title.remove(); // or the browser shows its own beside ours
}
const taskOf = (event) => event.target instanceof Element ? event.target.closest('.task') : null;
document.addEventListener('pointermove', (event) => {
  const task = taskOf(event);
  tip.hidden = task === null;
  if (task === null) return;
  tip.textContent = task.dataset.tip;
  tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 12)) + 'px';
  const below = event.clientY + 18;
  tip.style.top = (below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : below) + 'px';
});
document.addEventListener('pointerleave', () => { tip.hidden = true; });
document.addEventListener('click', (event) => {
  const row = document.getElementById(taskOf(event)?.dataset.row);
  if (row === null) return;
  row.closest('details').open = true;
  location.hash = row.id;
});
`;
