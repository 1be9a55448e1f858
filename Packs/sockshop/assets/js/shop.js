'use strict';
// The shop's pages: who is logged in, what is in the basket, and what each page shows of the catalogue.
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const cookie = (name) => (document.cookie.split('; ').find((pair) => pair.startsWith(name + '=')) || '').slice(name.length + 1);
const query = new URLSearchParams(location.search);
const dollars = (number) => '$' + Number(number).toFixed(2);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === 'onclick') made.addEventListener('click', value); else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

async function ask(path, options) {
  const answer = await fetch(path, Object.assign({ headers: { 'content-type': 'application/json; charset=utf-8' } }, options));
  const text = await answer.text();
  let json = null;
  try { json = JSON.parse(text); } catch (problem) { /* not every answer is JSON */ }
  return { status: answer.status, json: json };
}
const send = (method, path, body) => ask(path, { method: method, body: body === undefined ? undefined : JSON.stringify(body) });

function tell(place, text, isBad, canClose) {
  place.replaceChildren(element('div', { class: isBad ? 'alert bad' : 'alert' }, text,
    ...(canClose ? [element('button', { type: 'button', class: 'link', 'aria-label': 'Dismiss', onclick: () => place.replaceChildren() }, '×')] : [])));
}

// Dialogues

let opener = null;
function open(modal) {
  opener = document.activeElement;
  modal.hidden = false;
  find('input', modal).focus();
}
function close(modal) {
  modal.hidden = true;
  if (opener) opener.focus();
}
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-opens]');
  if (button) { event.preventDefault(); open(document.getElementById(button.dataset.opens)); }
  if (event.target.closest('[data-closes]')) close(event.target.closest('.modal'));
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') all('.modal').filter((modal) => !modal.hidden).forEach(close);
});

// Login

function setUpLogin() {
  find('#login-modal form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const words = find('#username-modal').value + ':' + find('#password-modal').value;
    const answer = await ask('login', { headers: { Authorization: 'Basic ' + btoa(unescape(encodeURIComponent(words))) } });
    if (answer.status !== 200) return tell(find('#login-message'), 'Invalid login credentials.', true);
    tell(find('#login-message'), 'Login successful.');
    setTimeout(() => location.reload(), 1500);
  });
  find('#register-modal form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const value = (name) => find('#register-' + name + '-modal').value;
    const answer = await send('POST', 'register', {
      username: value('username'), password: value('password'), email: value('email'), firstName: value('first'), lastName: value('last'),
    });
    const place = find('#registration-message');
    if (answer.status !== 200) {
      return tell(place, 'There was a problem with your registration: ' + ((answer.json && answer.json.error) || 'Registration failed'), true);
    }
    tell(place, 'Registration and login successful.');
    setTimeout(() => location.reload(), 1500);
  });
  find('#logout a').addEventListener('click', (event) => {
    event.preventDefault();
    document.cookie = 'logged_in=; Path=/; Max-Age=0';
    location.reload();
  });
}

async function showCustomer() {
  const id = cookie('logged_in');
  if (!id) return;
  for (const name of ['login', 'register']) document.getElementById(name).remove();
  find('#logout').hidden = find('#howdy').hidden = find('#tabAccount').hidden = false;
  const answer = await ask('customers/' + id);
  const customer = answer.json || {};
  if (customer.firstName === undefined) return;
  const name = customer.firstName + ' ' + customer.lastName;
  find('#howdy').textContent = 'Logged in as ' + name;
  const account = find('#account-name');
  if (account) account.textContent = 'This is the account of ' + name + '.';
}

// Basket

async function countBasket() {
  const answer = await ask('cart');
  if (answer.status !== 200 || !Array.isArray(answer.json)) return find('#basket-overview').remove();
  const number = answer.json.reduce((sum, line) => sum + line.quantity, 0);
  if (number) find('#numItemsInCart').textContent = number + ' item(s) in cart';
}

async function add(id, after) {
  const answer = await send('POST', 'cart', { id: id });
  if (answer.status === 201) return after();
  tell(find('#user-message') || find('main'), 'This sock could not be added to your cart. Please try again.', true, true);
}

function card(sock) {
  const page = '/detail.html?id=' + encodeURIComponent(sock.id);
  return element('div', { class: 'product card' },
    element('a', { class: 'pictures', href: page, tabindex: '-1', 'aria-hidden': 'true' },
      element('img', { src: sock.imageUrl[0], alt: '', width: 360, height: 450 }),
      element('img', { class: 'second', src: sock.imageUrl[1], alt: '', width: 360, height: 450, loading: 'lazy' })),
    element('h3', {}, element('a', { href: page }, sock.name)),
    element('p', { class: 'price' }, dollars(sock.price)),
    element('p', {}, element('a', { class: 'btn', href: page }, 'View detail'), ' ',
      element('a', { class: 'btn btn-primary', href: '#', role: 'button', onclick: (event) => { event.preventDefault(); add(sock.id, () => location.reload()); } }, 'Add to cart')));
}

async function showSocks(place, path) {
  const answer = await ask(path);
  if (answer.json && answer.json.error) return tell(place, 'The socks cannot be shown at the moment. Please try again.', true);
  place.replaceChildren(...(answer.json || []).map(card));
  return answer.json || [];
}

// Pages

async function showCatalogue() {
  const tags = query.get('tags') || '';
  const size = Number(query.get('size')) || 6;
  const page = Number(query.get('page')) || 1;
  const address = (changes) => '/category.html?' + new URLSearchParams(Object.assign({ tags: tags, size: size, page: page }, changes));
  const [count, list] = await Promise.all([ask('catalogue/size?tags=' + encodeURIComponent(tags)), ask('tags')]);
  for (const tag of (list.json && list.json.tags) || []) {
    const box = element('input', { type: 'checkbox', value: tag });
    box.checked = tags.split(',').includes(tag);
    find('#filters-form').append(element('label', {}, box, ' ' + tag), element('br'));
  }
  const go = (chosen) => { location.href = address({ tags: chosen.join(','), page: 1 }); };
  find('#filters').addEventListener('submit', (event) => { event.preventDefault(); go(all('#filters-form input').filter((box) => box.checked).map((box) => box.value)); });
  find('#clearFilters').addEventListener('click', () => go([]));
  for (const link of all('[data-size]')) {
    link.href = address({ size: link.dataset.size, page: 1 });
    if (Number(link.dataset.size) === size) link.classList.add('chosen');
  }
  const socks = await showSocks(find('#products'), 'catalogue?page=' + page + '&size=' + size + '&tags=' + encodeURIComponent(tags));
  const total = (count.json && count.json.size) || 0;
  if (!socks) return;
  find('#totalProducts').textContent = 'Showing ' + socks.length + ' of ' + total + ' products';
  const pages = Math.ceil(total / size);
  for (let number = 1; pages > 1 && number <= pages; number++) {
    find('#pagination').append(element('a', { href: address({ page: number }), class: number === page ? 'chosen' : undefined, 'aria-current': number === page ? 'page' : undefined }, String(number)));
  }
}

async function showDetail() {
  const answer = await ask('catalogue/' + encodeURIComponent(query.get('id')));
  const sock = answer.json;
  if (!sock || sock.error) return tell(find('#user-message'), 'This sock cannot be shown.', true);
  document.title = 'WeaveSocks: ' + sock.name;
  find('#name').textContent = sock.name;
  find('#price').textContent = dollars(sock.price);
  find('#description').textContent = sock.description;
  const main = find('#mainImage');
  let shown = 0;
  const show = (index) => { shown = index % sock.imageUrl.length; main.src = sock.imageUrl[shown]; };
  main.alt = sock.name;
  show(0);
  sock.imageUrl.forEach((url, index) => find('#thumbs').append(
    element('button', { type: 'button', 'aria-label': 'View ' + (index + 1), onclick: () => show(index) }, element('img', { src: url, alt: '', width: 64, height: 80 }))));
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) setInterval(() => show(shown + 1), 4000);
  find('#buttonCart').addEventListener('click', (event) => { event.preventDefault(); add(sock.id, () => location.reload()); });
  showSocks(find('#products'), 'catalogue?sort=id&size=3&tags=' + encodeURIComponent((sock.tag || [])[0] || ''));
}

async function showBasket() {
  const answer = await ask('cart');
  const lines = Array.isArray(answer.json) ? answer.json : [];
  find('#numItems').textContent = 'You currently have ' + lines.reduce((sum, line) => sum + line.quantity, 0) + ' item(s) in your cart.';
  let subtotal = 0;
  for (const line of lines) {
    const sock = ((await ask('catalogue/' + encodeURIComponent(line.itemId))).json) || {};
    subtotal += line.quantity * line.unitPrice;
    const name = sock.name || 'A sock that we do not know';
    find('#cart-list').append(element('tr', { class: 'item' },
      element('td', {}, sock.imageUrl ? element('img', { src: sock.imageUrl[0], alt: '', width: 48, height: 60 }) : ''),
      element('td', {}, element('a', { href: '/detail.html?id=' + encodeURIComponent(line.itemId) }, name)),
      element('td', {}, element('input', { type: 'number', min: 1, id: line.itemId, value: line.quantity, 'aria-label': 'Quantity of ' + name })),
      element('td', {}, dollars(line.unitPrice)), element('td', {}, '$0.00'), element('td', {}, dollars(line.quantity * line.unitPrice)),
      element('td', {}, element('button', { type: 'button', class: 'link', 'aria-label': 'Remove ' + name, onclick: async () => { await send('DELETE', 'cart/' + encodeURIComponent(line.itemId)); location.reload(); } }, '🗑'))));
    find('#cartSubtotal').textContent = dollars(subtotal);
    find('#cartTotal').textContent = dollars(subtotal + 4.99);
    find('#orderButton').disabled = false;
  }
}

async function showAddressAndCard() {
  const [address, number] = await Promise.all([ask('address'), ask('card')]);
  const has = { address: !!(address.json && address.json.street !== undefined), card: !!(number.json && number.json.number) };
  const place = find('#address');
  if (has.address) place.replaceChildren(address.json.number + ' ' + address.json.street, element('br'), address.json.city + ' ' + address.json.postcode, element('br'), address.json.country);
  else place.replaceChildren(element('span', { class: 'red' }, 'No address saved for user.'));
  if (has.card) find('#number').textContent = 'Card ending in ' + number.json.number;
  else find('#number').replaceChildren(element('span', { class: 'red' }, 'No credit card saved for user.'));
  return has;
}

/** What is told when an order was not taken. */
function orderProblem(answer) {
  const message = (answer.json && answer.json.message) || '';
  switch (answer.status) {
    case 0: return 'Network error. Please check your internet connection and try again.';
    case 400: return 'Invalid order information. ' + message;
    case 406: return 'Payment declined. ' + message;
    case 500: return message ? 'Payment processing failed. ' + message + ' Please try again later.' : 'The payment service is temporarily unavailable. Your card has not been charged, please try again later.';
    case 503: return 'Service temporarily unavailable. Please try again in a few moments.';
    default: return 'Unable to place order. ' + message;
  }
}

function setUpOrder(known) {
  const form = find('#basket');
  const place = find('#user-message');
  const complain = (text) => { tell(place, text, true, true); place.scrollIntoView({ block: 'center' }); };
  let isWaiting = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isWaiting) return;
    if (!cookie('logged_in')) return complain('You must be logged in to place an order.');
    const has = await known;
    if (!has.address || !has.card) return complain('Could not place order. Missing shipping or payment information.');
    isWaiting = find('#orderButton').disabled = true;
    let answer;
    try { answer = await send('POST', 'orders'); } catch (problem) { answer = { status: 0, json: null }; }
    if (answer.status === 201) {
      tell(place, 'Order placed.');
      await send('DELETE', 'cart');
      form.submit();
      return;
    }
    isWaiting = find('#orderButton').disabled = false;
    complain('Error: ' + orderProblem(answer));
  });
  find('#update').addEventListener('click', async () => {
    for (const input of all('#cart-list input')) await send('POST', 'cart/update', { id: input.id, quantity: input.value });
    location.reload();
  });
  for (const saving of all('[data-saves]')) {
    saving.addEventListener('submit', async (event) => {
      event.preventDefault();
      const answer = await send('POST', saving.dataset.saves, Object.fromEntries(new FormData(saving)));
      if (answer.status === 200 && answer.json && answer.json.id) location.reload();
      else tell(find('.message', saving), 'This could not be saved. Please log in first.', true);
    });
  }
}

setUpLogin();
showCustomer();
countBasket();
all('#navbar [data-tab="' + document.body.dataset.section + '"]').forEach((tab) => tab.classList.add('current'));
if (find('[data-hot]')) showSocks(find('[data-hot]'), 'catalogue?size=5');
if (find('[data-catalogue]')) showCatalogue();
if (find('#detail')) showDetail();
if (find('#basket')) {
  showBasket();
  setUpOrder(showAddressAndCard());
  showSocks(find('[data-suggestions]'), 'catalogue?size=3');
}
