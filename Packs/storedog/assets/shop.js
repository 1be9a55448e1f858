// The shop's own script: fills in the cart link and the API tokens after each page, and puts products into the cart.
(function () {
  'use strict';

  var Spree = window.Spree = window.Spree || {};
  var csrf = document.querySelector('meta[name="csrf-token"]');

  function request(method, url, options) {
    var headers = Object.assign({ 'X-Requested-With': 'XMLHttpRequest' }, options && options.headers);
    if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf.content;
    return fetch(url, { method: method, headers: headers, body: options && options.body, credentials: 'same-origin' });
  }

  function fetchCart() {
    return request('GET', '/cart_link').then(function (response) {
      if (!response.ok) return;
      return response.text().then(function (html) {
        var place = document.getElementById('link-to-cart');
        if (place) place.innerHTML = html;
      });
    });
  }

  function fetchTokens() {
    return request('GET', '/api_tokens', { headers: { Accept: 'application/json' } }).then(function (response) {
      if (!response.ok) return;
      return response.json().then(function (tokens) {
        Spree.oauth_token = tokens.oauth_token;
        if (tokens.order_token) Spree.current_order_token = tokens.order_token;
      });
    });
  }

  function ensureCart() {
    if (Spree.current_order_token) return Promise.resolve();
    return request('POST', '/ensure_cart', { headers: { Accept: 'application/json' } }).then(function (response) {
      return response.json();
    }).then(function (order) {
      Spree.current_order_token = order.token;
    });
  }

  function addItem(variant, quantity) {
    var headers = {
      'Accept': 'application/json',
      'Content-Type': 'application/json',
      'X-Spree-Order-Token': Spree.current_order_token
    };
    if (Spree.oauth_token) headers.Authorization = 'Bearer ' + Spree.oauth_token;
    return request('POST', '/api/v2/storefront/cart/add_item', {
      headers: headers,
      body: JSON.stringify({ variant_id: variant, quantity: quantity, options: {} })
    });
  }

  function showFailure(response) {
    if (response.status >= 500) { alert('Internal Server Error'); return; }
    response.json().then(function (body) { alert(body.error); }, function () { alert('Internal Server Error'); });
  }

  function prepareAddToCart(tokens) {
    var form = document.getElementById('add-to-cart-form');
    var button = document.getElementById('add-to-cart-button');
    if (!form || !button) return;
    button.disabled = false;
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      button.disabled = true;
      var variant = form.elements.variant_id.value;
      var quantity = parseInt(form.elements.quantity.value, 10) || 1;
      // The tokens may still be on their way when somebody is quick.
      tokens.then(ensureCart).then(function () { return addItem(variant, quantity); }).then(function (response) {
        if (response.ok) { window.location = '/cart?variant_id=' + encodeURIComponent(variant); return; }
        button.disabled = false;
        showFailure(response);
      }).catch(function () {
        button.disabled = false;
        alert('Internal Server Error');
      });
    });
    // A page from the back-forward cache keeps the button as it was left.
    window.addEventListener('pageshow', function () { button.disabled = false; });
  }

  function prepareCart() {
    document.querySelectorAll('#update-cart .delete').forEach(function (button) {
      button.hidden = false;
      button.addEventListener('click', function () {
        button.closest('tr').querySelector('.line_item_quantity').value = 0;
        document.getElementById('update-button').click();
      });
    });
  }

  function prepareAddress() {
    var box = document.getElementById('order_use_billing');
    if (!box) return;
    var fields = document.querySelector('#shipping .inner');
    function update() {
      fields.hidden = box.checked;
      fields.querySelectorAll('input, select').forEach(function (field) { field.disabled = box.checked; });
    }
    box.addEventListener('change', update);
    update();
  }

  function preparePayment() {
    var choices = document.querySelectorAll('#payment-method-fields input[type=radio]');
    function update() {
      choices.forEach(function (choice) {
        var fields = document.getElementById('payment_method_' + choice.value);
        if (fields) fields.hidden = !choice.checked;
      });
    }
    choices.forEach(function (choice) { choice.addEventListener('change', update); });
    update();
  }

  Spree.fetchCart = fetchCart;
  fetchCart().catch(function () {});
  prepareAddToCart(fetchTokens().catch(function () {}));
  prepareCart();
  prepareAddress();
  preparePayment();
})();
