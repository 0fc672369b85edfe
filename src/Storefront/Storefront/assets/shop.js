// The shop works without this file; it only saves steps. No dependencies, no inline code anywhere.
(() => {
    'use strict';
    const one = (selector, root = document) => root.querySelector(selector);
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];

    // Pages are the same for all visitors and cached; what is personal arrives after them.
    async function loadPersonal() {
        const places = all('[data-personal]');
        if (places.length === 0) return;
        try {
            const answer = await fetch(document.documentElement.dataset.personalUrl, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
            if (!answer.ok) return;
            const fragment = new DOMParser().parseFromString(await answer.text(), 'text/html');
            for (const place of places) {
                const filled = fragment.getElementById(place.dataset.personal);
                if (filled) place.replaceChildren(...filled.childNodes);
            }
            const token = fragment.getElementById('antiforgery')?.value;
            if (token) all('form[data-token]').forEach(form => addToken(form, token));
        } catch { /* Offline or refused: the plain links below go on working. */ }
    }

    // Kept pages hold no form token; without one the server asks the visitor once more.
    function addToken(form, token) {
        const input = document.createElement('input');
        input.type = 'hidden';
        input.name = '__RequestVerificationToken';
        input.value = token;
        form.append(input);
    }

    function stepQuantity(button) {
        const input = one('input', button.closest('.stepper'));
        const wanted = Number(input.value || 1) + Number(button.dataset.step);
        input.value = Math.min(Number(input.max || 99), Math.max(Number(input.min || 1), wanted));
        input.dispatchEvent(new Event('change', { bubbles: true }));
    }

    // Cart lines save themselves a moment after the last press, all together; whatever leaves the page waits for them.
    const unsaved = new Set();
    let saving, underWay = 0, saved = Promise.resolve();
    const mustWait = () => unsaved.size > 0 || underWay > 0;

    function saveSoon(form) {
        unsaved.add(form);
        clearTimeout(saving);
        saving = setTimeout(() => save(() => location.reload()), 600);
    }

    function save(then, leaving = false) {
        clearTimeout(saving);
        underWay++;
        saved = saved.then(() => saveAll(leaving)).then(all => { underWay--; if (all) then(); });
    }

    // Who stays is told what cannot be saved; who leaves for something else is not held up by it.
    async function saveAll(leaving) {
        while (unsaved.size > 0) {
            const [form] = unsaved;
            if (!leaving && !form.reportValidity()) return false;
            unsaved.delete(form);
            if (!form.checkValidity()) continue;
            // What it says comes with the next page.
            try { await fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual', keepalive: true }); } catch { /* The next page tells what was saved. */ }
        }
        return true;
    }

    // The chosen options name one SKU; the price, the total and the stock of that SKU are shown.
    function pickOption(form) {
        const skus = JSON.parse(form.dataset.skus);
        const names = [...new Set(all('[data-option]', form).map(input => input.name))];
        const chosen = names.map(name => one(`input[name="${CSS.escape(name)}"]:checked`, form)?.value);
        for (const input of all('[data-option]', form)) {
            const at = names.indexOf(input.name);
            const possible = skus.some(sku => sku.stock !== 0 && sku.options.every((value, i) => i === at ? value === input.value : chosen[i] === undefined || value === chosen[i]));
            input.closest('.option').classList.toggle('away', !possible);
        }
        const sku = skus.find(candidate => candidate.options.every((value, i) => value === chosen[i]));
        const quantity = one('[name=quantity]', form);
        // Sold out: there is nothing to choose, and the page says so.
        if (!quantity) return;
        const total = one('[data-total]', form);
        const hint = one('[data-hint]', form);
        const chosenSku = one('input[name=sku]', form);
        chosenSku.disabled = false;
        chosenSku.value = sku?.sku ?? '';
        const soldOut = sku !== undefined && sku.stock === 0;
        all('button[type=submit]', form).forEach(button => { button.disabled = sku === undefined || soldOut; });
        if (hint) {
            hint.hidden = sku !== undefined && !soldOut && !(sku.stock > 0 && sku.stock <= 5);
            hint.textContent = sku === undefined ? form.dataset.textChoose : soldOut ? form.dataset.textSoldOut : form.dataset.textFew.replace('{0}', sku.stock);
        }
        if (sku && sku.stock > 0) quantity.max = Math.min(99, sku.stock);
        if (Number(quantity.value) > Number(quantity.max)) quantity.value = quantity.max;
        if (!(Number(quantity.value) >= 1)) quantity.value = 1;
        if (total) total.textContent = sku ? money(sku.price * quantity.value, form.dataset.currency) : '–';
    }

    function money(amount, currency) {
        const language = document.documentElement.lang;
        if (currency !== 'KRW') return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 100);
        const digits = new Intl.NumberFormat(language).format(amount);
        return language === 'ko' ? `${digits}원` : `₩${digits}`;
    }

    function showPicture(link) {
        const main = one('.gallery-main img');
        main.removeAttribute('srcset');
        main.src = link.href;
        main.alt = one('img', link).alt || main.alt;
        all('.thumbs a').forEach(other => other.toggleAttribute('aria-current', other === link));
        link.setAttribute('aria-current', 'true');
    }

    document.addEventListener('click', event => {
        const target = event.target instanceof Element ? event.target : null;
        const step = target?.closest('[data-step]');
        if (step) { stepQuantity(step); return; }
        const thumb = target?.closest('.thumbs a');
        if (thumb && !event.metaKey && !event.ctrlKey) { event.preventDefault(); showPicture(thumb); return; }
        const link = target?.closest('a[href]');
        if (link && mustWait() && !event.metaKey && !event.ctrlKey && !event.shiftKey) { event.preventDefault(); save(() => location.assign(link.href), true); }
    });

    document.addEventListener('change', event => {
        const form = event.target.form;
        if (!form) return;
        if (form.matches('[data-skus]')) pickOption(form);
        if (form.matches('[data-save]')) saveSoon(form);
        if (event.target.matches('[data-apply]')) form.requestSubmit(document.getElementById(event.target.dataset.apply));
        if (event.target.matches('[data-fill]')) fillAddress(event.target);
    });

    // A saved address fills the fields below it.
    function fillAddress(choice) {
        const address = JSON.parse(choice.dataset.fill);
        for (const [name, value] of Object.entries(address)) {
            const input = choice.form.elements.namedItem(name);
            if (input) input.value = value ?? '';
        }
    }

    // A second press of the button that places an order changes nothing on the server; it should not look as if it did.
    document.addEventListener('submit', event => {
        const button = event.submitter;
        if (event.target.matches('[data-save]')) unsaved.add(event.target);
        if (mustWait()) {
            event.preventDefault();
            if (event.target.matches('[data-save]')) save(() => location.reload());
            // A form cannot be submitted again before its event is over.
            else save(() => setTimeout(() => event.target.requestSubmit(button)), true);
            return;
        }
        if (button?.matches('[data-once]')) setTimeout(() => { button.disabled = true; });
        if (event.target.matches('[data-confirm]') && !window.confirm(event.target.dataset.confirm)) event.preventDefault();
    });

    // On a phone these rows scroll: where one is should be in sight.
    for (const here of all('.my-nav [aria-current], .categories-row [aria-current]')) {
        const row = here.closest('ul, .categories-row');
        row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
    }
    all('form[data-skus]').forEach(pickOption);
    loadPersonal();
})();
