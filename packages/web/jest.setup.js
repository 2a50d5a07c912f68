// Preact is only published as ES modules. Jest cannot require() one that is still being linked, which is
// what the CommonJS parts of libraries would do; so all of it is loaded before the first test imports them.
import 'preact/compat';
import 'preact/compat/client';
import 'preact/compat/jsx-runtime';
import 'preact/compat/scheduler';
import 'preact/test-utils';
import 'react';
import 'react-dom';
import 'react-dom/client';
import 'react/jsx-runtime';
