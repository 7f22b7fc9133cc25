---
---
{% include_relative _scripts/motion.js %}
{%- include_relative _scripts/zoom.js %}
{%- include_relative _scripts/scroll.js %}
{%- include_relative _scripts/copy.js %}
