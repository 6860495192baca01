const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const whole = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** For a list: the time if it was today, else the day. */
export function formatMoment(date: Date): string {
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
}

/** Hours and minutes. */
export function formatTime(date: Date): string {
  return clock.format(date);
}

/** Everything, to the second. */
export function formatDate(date: Date): string {
  return whole.format(date);
}
